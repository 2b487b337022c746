"""Serves an *arr look-alike for ever: `python -m realhosts.serve_arr APP PORT HISTORY KEY_FILE`.

Its history is the file's, at each request anew, so others may write it meanwhile.
"""

import sys
from pathlib import Path

from realhosts.arr import ArrServer
from realhosts.history import History

if __name__ == "__main__":
    app, port, history, key_file = sys.argv[1:]
    key = Path(key_file).read_text().strip()
    address = ("127.0.0.1", int(port))
    ArrServer(
        app, api_key=key, history=History(app, Path(history)), address=address
    ).serve_forever()
