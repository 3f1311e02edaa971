use super::RATE;
use std::f32::consts::TAU;

/// Two soft notes as of a wooden bar (W4), about 0.9 s long.
pub(crate) fn chime() -> Vec<f32> {
    let second_at = RATE as usize * 3 / 10;
    let mut sound = vec![0.0; second_at + RATE as usize * 6 / 10];
    strike(&mut sound, 659.26);
    strike(&mut sound[second_at..], 880.0);
    sound
}

/// A bar rings at its note and, much shorter, near the fourth and tenth multiple.
fn strike(sound: &mut [f32], hz: f32) {
    let partials: [(f32, f32, f32); 3] = [(1.0, 0.22, 7.0), (3.93, 0.06, 22.0), (9.2, 0.02, 60.0)];
    let whole = sound.len() as f32 / RATE as f32;
    for (n, sample) in sound.iter_mut().enumerate() {
        let at = n as f32 / RATE as f32;
        let attack = (at / 0.004).min(1.0);
        let release = ((whole - at) / 0.05).clamp(0.0, 1.0);
        let ring: f32 =
            partials.iter().map(|(m, gain, fade)| gain * (-fade * at).exp() * (TAU * hz * m * at).sin()).sum();
        *sample += ring * attack * release;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chime_is_heard_and_neither_clicks_nor_clips() {
        let sound = chime();
        let peak = sound.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        assert!((0.1..0.8).contains(&peak), "{peak}");
        assert!(sound[0].abs() < 0.001 && sound[sound.len() - 1].abs() < 0.001);
    }
}
