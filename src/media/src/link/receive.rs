use super::{LinkNote, LinkShare};
use crate::LinkId;
use crate::mailbox::lock;
use crate::note::{Note, Post};
use crate::picture::{self, Painter};
use crate::sound::{FLOAT_CAPS, samples};
use crate::timeline::Timeline;
use gst::prelude::*;
use gst_video::VideoInfo;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a peer's streams are decoded into.
pub(crate) struct Receiver {
    pub link: LinkId,
    pub post: Post,
    pub timeline: Timeline,
    pub share: Arc<LinkShare>,
    /// Takes the decoded sound.
    pub hear: Arc<dyn Fn(&[f32]) + Send + Sync>,
}

/// Packets without a picture for this long mean that the sender waits to be asked.
const NO_PICTURE: Duration = Duration::from_millis(500);

/// Decoders of one coding, best first.
const H264_DECODERS: [&str; 2] = ["avdec_h264", "openh264dec"];

impl Receiver {
    /// Decodes a stream that webrtcbin gives out; one of a kind that was not negotiated is thrown away.
    pub fn accept(&self, pipeline: &gst::Pipeline, pad: &gst::Pad) {
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let text = |field: &str| caps.structure(0).and_then(|s| s.get::<String>(field).ok()).unwrap_or_default();
        let (media, coding) = (text("media"), text("encoding-name"));
        let video = media == "video";
        let description = match (media.as_str(), coding.as_str()) {
            ("audio", "OPUS") => format!(
                "rtpopusdepay ! opusdec plc=true use-inband-fec=true ! audioconvert ! audioresample ! {FLOAT_CAPS}"
            ),
            ("video", "H264") => {
                format!("rtph264depay request-keyframe=true wait-for-keyframe=true ! h264parse ! {}", h264_decoder())
            }
            ("video", "VP8") => {
                "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec threads=1".to_owned()
            }
            // Taken and thrown away: a stream that nobody takes would stop the others beside it.
            _ => "fakesink sync=false async=false".to_owned(),
        };
        let description = match coding.as_str() {
            "OPUS" | "H264" | "VP8" => {
                format!("{description} ! appsink name=out sync=false async=false enable-last-sample=false")
            }
            _ => description,
        };
        if self.attach(pipeline, pad, &description, video).is_none() {
            self.post.send(Note::Link(self.link, LinkNote::Failed("a received stream cannot be decoded")));
        }
    }

    fn attach(&self, pipeline: &gst::Pipeline, pad: &gst::Pad, description: &str, video: bool) -> Option<()> {
        let bin = gst::parse::bin_from_description(description, true).ok()?;
        if let Some(appsink) = bin.by_name("out").and_then(|e| e.downcast::<gst_app::AppSink>().ok()) {
            self.deliver(&appsink, video);
        }
        // Conceals no broken frame, but goes on with the next whole one instead of giving up.
        for decoder in bin.children() {
            if decoder.find_property("max-errors").is_some() {
                decoder.set_property_from_str("max-errors", "-1");
            }
        }
        if video {
            self.ask_again(pad);
        }
        pipeline.add(&bin).ok()?;
        let linked = bin.static_pad("sink").is_some_and(|sink| pad.link(&sink).is_ok());
        (linked && bin.sync_state_with_parent().is_ok()).then_some(())
    }

    /// Asks for a key frame again while packets come and no picture does. The depayloader asks once for
    /// each loss; when that one request is lost too, nothing moves until the next loss.
    fn ask_again(&self, pad: &gst::Pad) {
        let (share, asked) = (self.share.clone(), Mutex::new(Instant::now()));
        pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |pad, _| {
            let mut asked = lock(&asked);
            if asked.elapsed() > NO_PICTURE && share.without_picture_for() > NO_PICTURE {
                *asked = Instant::now();
                drop(asked);
                pad.send_event(gst_video::UpstreamForceKeyUnitEvent::builder().all_headers(true).build());
            }
            gst::PadProbeReturn::Ok
        });
    }

    fn deliver(&self, appsink: &gst_app::AppSink, video: bool) {
        let callbacks = gst_app::AppSinkCallbacks::builder();
        let callbacks = if video {
            let mut show = self.show();
            callbacks.new_sample(move |sink| {
                show(&sink.pull_sample().map_err(|_| gst::FlowError::Flushing)?);
                Ok(gst::FlowSuccess::Ok)
            })
        } else {
            let hear = self.hear.clone();
            callbacks.new_sample(move |sink| {
                let sample = sink.pull_sample().map_err(|_| gst::FlowError::Flushing)?;
                if let Some(buffer) = sample.buffer() {
                    hear(&samples(buffer));
                }
                Ok(gst::FlowSuccess::Ok)
            })
        };
        appsink.set_callbacks(callbacks.build());
    }

    /// Counts, measures and shows decoded pictures.
    fn show(&self) -> impl FnMut(&gst::Sample) + Send + 'static {
        let (link, post, timeline, share) = (self.link, self.post.clone(), self.timeline.clone(), self.share.clone());
        let mut painter = Painter::new(share.mailbox.clone());
        let mut known: Option<(gst::Caps, VideoInfo)> = None;
        move |sample| {
            let (Some(buffer), Some(caps)) = (sample.buffer(), sample.caps()) else { return };
            if known.as_ref().is_none_or(|(old, _)| *old != *caps) {
                known = VideoInfo::from_caps(caps).ok().map(|info| (caps.to_owned(), info));
            }
            let Some((_, info)) = &known else { return };
            painter.paint(buffer, info, timeline.now());
            if share.decoded(info.width(), info.height(), picture::read_stamp(buffer, info)) {
                post.send(Note::Link(link, LinkNote::FirstPicture));
            }
        }
    }
}

fn h264_decoder() -> &'static str {
    let here = H264_DECODERS.into_iter().find(|name| gst::ElementFactory::find(name).is_some());
    match here {
        // Frame threads would each hold a frame back.
        Some("avdec_h264") => "avdec_h264 max-threads=1 output-corrupt=false",
        _ => "openh264dec",
    }
}
