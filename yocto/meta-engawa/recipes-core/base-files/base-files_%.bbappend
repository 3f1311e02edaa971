FILESEXTRAPATHS:prepend := "${THISDIR}/files:"

# /data must be there before the read-only root is mounted over nothing.
dirs755:append = " /data"
# A booth's name is in its settings, so the image has none.
hostname = "engawa-booth"
