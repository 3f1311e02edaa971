# Camera (v4l2), its JPEG pictures, and VP8 for a browser without H264.
PACKAGECONFIG:append = " v4l2 gudev jpeg vpx"
