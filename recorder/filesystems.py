"""The filesystems that come over a network: one table for all who must tell them from a disk."""

LINUX_NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "9p", "virtiofs", "davfs", "afs", "lustre"}
)
FUSE_NETWORK_TYPES = frozenset(
    {"fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.s3fs", "fuse.davfs2", "fuse.ceph-fuse"}
)
MAC_NETWORK_TYPES = frozenset({"smbfs", "afpfs", "webdav", "acfs", "macfuse", "osxfuse"})
NETWORK_TYPES = LINUX_NETWORK_TYPES | FUSE_NETWORK_TYPES | MAC_NETWORK_TYPES
