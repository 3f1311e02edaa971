#!/usr/bin/env bash
# Makes introduction.webm: what a booth without camera and microphone shows and says instead.
#
# A drawn person introduces themselves in Japanese, Korean and English, 12 s, to be played in a
# loop. Needs espeak-ng, node and GStreamer (rsvgdec, vp8enc, opusenc); the result is committed,
# so that nobody has to run this.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
seconds=12
fps=30
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

say() { espeak-ng -v "$1" -s "$2" -p "$3" -w "$made/$4.wav" "$5"; }
say ja 150 60 1 'こんにちは。これは、テストのえいぞうです。'
say ko 165 60 2 '안녕하세요. 잘 부탁드립니다.'
say en 160 60 3 'Hello! I am the clip of this booth. It is nice to meet you.'

# One after the other, then silence up to the full length.
gst-launch-1.0 -q concat name=c ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! \
  wavenc ! filesink location="$made/spoken.wav" \
  filesrc location="$made/1.wav" ! wavparse ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 ! c. \
  filesrc location="$made/2.wav" ! wavparse ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 ! c. \
  filesrc location="$made/3.wav" ! wavparse ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 ! c.
tail -c +45 "$made/spoken.wav" >"$made/speech.raw"
truncate -s $((seconds * 48000 * 2)) "$made/speech.raw"
gst-launch-1.0 -q filesrc location="$made/speech.raw" ! \
  rawaudioparse format=pcm pcm-format=s16le sample-rate=48000 num-channels=1 ! wavenc ! filesink location="$made/speech.wav"

mkdir "$made/frames"
node "$here/draw.mjs" "$made/speech.wav" "$made/frames" "$seconds" "$fps"
gst-launch-1.0 -q webmmux name=m ! filesink location="$made/introduction.webm" \
  multifilesrc location="$made/frames/%04d.svg" caps="image/svg+xml,framerate=$fps/1" ! rsvgdec ! videoconvert ! \
  video/x-raw,format=I420,framerate="$fps/1" ! vp8enc target-bitrate=600000 end-usage=vbr deadline=1 cpu-used=2 \
  keyframe-max-dist=60 ! queue ! m. \
  filesrc location="$made/speech.wav" ! wavparse ! audioconvert ! audioresample ! opusenc bitrate=32000 ! queue ! m.

mv "$made/introduction.webm" "$here/introduction.webm"
ls -l "$here/introduction.webm"
