/// Tells how much of a sound is one frequency (Goertzel, 1958), window by window.
#[derive(Debug)]
pub(crate) struct ToneMeter {
    coefficient: f64,
    window: usize,
    seen: usize,
    s1: f64,
    s2: f64,
    energy: f64,
    share: f32,
}

impl ToneMeter {
    /// Windows of a tenth of a second.
    pub fn new(hz: f64, rate: u32) -> Self {
        Self {
            coefficient: 2.0 * (std::f64::consts::TAU * hz / f64::from(rate)).cos(),
            window: rate as usize / 10,
            seen: 0,
            s1: 0.0,
            s2: 0.0,
            energy: 0.0,
            share: 0.0,
        }
    }

    pub fn listen(&mut self, samples: &[f32]) {
        for &sample in samples {
            let x = f64::from(sample);
            let s0 = x + self.coefficient * self.s1 - self.s2;
            (self.s2, self.s1) = (self.s1, s0);
            self.energy += x * x;
            self.seen += 1;
            if self.seen == self.window {
                self.finish();
            }
        }
    }

    /// Share of the last whole window's energy at the frequency, 0 to 1; 0 in silence.
    pub fn share(&self) -> f32 {
        self.share
    }

    fn finish(&mut self) {
        let power = self.s1 * self.s1 + self.s2 * self.s2 - self.coefficient * self.s1 * self.s2;
        let whole = self.energy * self.window as f64 / 2.0;
        let audible = self.energy / self.window as f64 > 1e-7;
        self.share = if audible { (power / whole).clamp(0.0, 1.0) as f32 } else { 0.0 };
        (self.seen, self.s1, self.s2, self.energy) = (0, 0.0, 0.0, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, loud: f64) -> Vec<f32> {
        (0..9600).map(|n| ((std::f64::consts::TAU * hz * f64::from(n) / 48_000.0).sin() * loud) as f32).collect()
    }

    #[test]
    fn only_the_frequency_asked_for_counts() {
        let share = |samples: &[f32]| {
            let mut meter = ToneMeter::new(440.0, 48_000);
            meter.listen(samples);
            meter.share()
        };
        assert!(share(&sine(440.0, 0.1)) > 0.95);
        assert!(share(&sine(1000.0, 0.9)) < 0.05);
        assert_eq!(share(&[0.0; 9600]), 0.0);
    }
}
