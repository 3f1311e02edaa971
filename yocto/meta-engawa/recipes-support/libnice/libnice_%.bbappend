# Without this there are no nicesrc and nicesink, and webrtcbin cannot open a connection.
PACKAGECONFIG:append = " gstreamer"
