//! A pretend machine, with a boot loader that counts to three, whose power is cut between any two writes.

use engawa_session::update::{
    BoothAnswer, Image, Look, Next, Offer, Permission, Running, Stage, Start, State, Verdict, compare, judge,
    permission,
};
use proptest::prelude::*;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(600);
const NAMES: [&str; 2] = ["A", "B"];

/// How an image behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Healthy,
    /// It starts, but its booth never works.
    Unhealthy,
    /// Its kernel stands still.
    Hanging,
}

#[derive(Debug, Clone)]
struct Slot {
    version: String,
    kind: Kind,
}

struct Cut;

struct Machine {
    slots: [Slot; 2],
    order: [usize; 2],
    ok: [bool; 2],
    tries: [u32; 2],
    state: State,
    boots: u32,
    /// Durable writes until the power is cut.
    power: u32,
}

impl Machine {
    fn new() -> Self {
        let slot = Slot { version: "1".into(), kind: Kind::Healthy };
        let slots = [slot.clone(), slot];
        let state = State::default();
        Self { slots, order: [0, 1], ok: [true; 2], tries: [0; 2], state, boots: 0, power: u32::MAX }
    }

    /// One durable write.
    fn write(&mut self, change: impl FnOnce(&mut Self)) -> Result<(), Cut> {
        self.power = self.power.checked_sub(1).ok_or(Cut)?;
        change(self);
        Ok(())
    }

    /// As in the boot scripts.
    fn loader(&mut self) -> Result<usize, Cut> {
        let taken = self.order.into_iter().find(|slot| self.ok[*slot] && self.tries[*slot] < 3);
        let Some(slot) = taken else {
            self.write(|m| (m.ok, m.tries) = ([true; 2], [0; 2]))?;
            return self.loader();
        };
        self.write(|m| m.tries[slot] += 1)?;
        Ok(slot)
    }

    /// From power on until it stands still, was cut off, or starts anew. The service answers or not.
    fn life(&mut self, offer: &Offer, kind: Kind, service: bool) -> Result<(), Cut> {
        let here = self.loader()?;
        self.boots += 1;
        if self.slots[here].kind == Kind::Hanging {
            return Ok(());
        }
        let image = Image { version: self.slots[here].version.clone(), slot: NAMES[here].into() };
        let running = Running { image, boot: self.boots.to_string() };
        let mut start = Start::Known;
        self.write(|m| start = m.state.woken(&running))?;
        if start == Start::Trial {
            let healthy = service && self.slots[here].kind == Kind::Healthy;
            let look = Look::Seen { healthy, faults: vec!["service".into()] };
            let trial = self.state.trial.clone().expect("a trial");
            match judge(&trial, &look, LIMIT, LIMIT, self.ok[1 - here]) {
                Verdict::Good => self.write(|m| m.state.proven(&running))?,
                Verdict::GiveUp { reason } => {
                    self.write(|m| m.state.failed(reason))?;
                    self.write(|m| (m.ok[here], m.tries[here]) = (false, 0))?;
                    return Ok(());
                }
                Verdict::Stay => return Ok(()),
                Verdict::Wait => unreachable!("the time is over"),
            }
        }
        if self.state.trial.is_none() {
            // First in the loader's order again, whatever was tried in between.
            self.write(|m| (m.ok[here], m.tries[here], m.order) = (true, 0, [here, 1 - here]))?;
        }
        if !service {
            return Ok(());
        }
        match self.state.next(&running, Some(offer), true, false) {
            Next::Install => self.install(1 - here, offer, kind, &running),
            Next::Restart => unreachable!("written and restarted in one life"),
            Next::Fetch | Next::Nothing(_) => Ok(()),
        }
    }

    /// RAUC's order: the slot is called bad, written, and put first.
    fn install(&mut self, there: usize, offer: &Offer, kind: Kind, running: &Running) -> Result<(), Cut> {
        assert_eq!(permission(BoothAnswer::Closed), Permission::Go);
        assert_ne!(
            self.state.good.as_ref().map(|good| good.slot.as_str()),
            Some(NAMES[there]),
            "the good slot is lost"
        );
        self.write(|m| m.state.writing(offer, NAMES[there], running))?;
        self.write(|m| (m.ok[there], m.tries[there]) = (false, 0))?;
        self.write(|m| m.slots[there] = Slot { version: "half".into(), kind: Kind::Hanging })?;
        self.write(|m| m.slots[there] = Slot { version: offer.version.clone(), kind })?;
        self.write(|m| (m.ok[there], m.tries[there], m.order) = (true, 0, [there, 1 - there]))?;
        self.write(|m| m.state.written())
    }

    /// Lives on the mains until nothing changes any more; answers the slot that ran last.
    fn settle(&mut self, offer: &Offer, kind: Kind) -> usize {
        self.power = u32::MAX;
        for _ in 0..40 {
            assert!(self.life(offer, kind, true).is_ok());
        }
        let good = self.state.good.as_ref().expect("some image is good");
        usize::from(good.slot == "B")
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Healthy), Just(Kind::Unhealthy), Just(Kind::Hanging)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    // P3
    #[test]
    fn whenever_the_power_is_cut_a_working_booth_comes_back(
        steps in prop::collection::vec((kinds(), prop::collection::vec((0u32..14, any::<bool>()), 0..6)), 1..6),
    ) {
        let mut machine = Machine::new();
        for (number, (kind, cuts)) in steps.into_iter().enumerate() {
            let version = (number + 2).to_string();
            let offer = Offer { version: version.clone(), size: 1, sha256: version.clone() };
            for (power, service) in cuts {
                machine.power = power;
                machine.life(&offer, kind, service).ok();
                // What was found good stays startable, whatever happened to the other slot.
                if let Some(good) = &machine.state.good {
                    let slot = usize::from(good.slot == "B");
                    prop_assert_eq!(&machine.slots[slot].version, &good.version);
                    prop_assert_eq!(machine.slots[slot].kind, Kind::Healthy);
                }
            }
            let slot = machine.settle(&offer, kind);
            let runs = &machine.slots[slot];
            prop_assert_eq!(runs.kind, Kind::Healthy);
            prop_assert!(machine.ok[slot] && machine.tries[slot] == 0 , "the loader counts on");
            prop_assert!(machine.state.trial.is_none(), "{:?}", machine.state.trial);
            // A version that works arrives, unless its trial fell while the service was away or was cut off three times.
            match (kind, machine.state.given_up(&version)) {
                (Kind::Healthy, None) if machine.state.refused(&version).is_none() => prop_assert_eq!(&runs.version, &version),
                (Kind::Healthy, _) => prop_assert!(compare(&runs.version, &version).is_lt()),
                (Kind::Unhealthy | Kind::Hanging, gone) => {
                    prop_assert!(gone.is_some() || machine.state.refused(&version).is_some());
                    prop_assert!(compare(&runs.version, &version).is_lt());
                }
            }
        }
    }
}

// P3
#[test]
fn a_good_image_survives_any_time_without_the_service() {
    let mut machine = Machine::new();
    let offer = Offer { version: "2".into(), size: 1, sha256: "2".into() };
    let slot = machine.settle(&offer, Kind::Healthy);
    for _ in 0..50 {
        assert!(machine.life(&offer, Kind::Healthy, false).is_ok());
    }
    assert_eq!(machine.state.good, Some(Image { version: "2".into(), slot: NAMES[slot].into() }));
    assert_eq!((&machine.state.given_up, &machine.state.fallback), (&vec![], &None));
}

#[test]
fn a_trial_that_fails_with_nothing_to_go_back_to_stays() {
    let mut machine = Machine::new();
    let offer = Offer { version: "2".into(), size: 1, sha256: "2".into() };
    assert!(machine.life(&offer, Kind::Unhealthy, true).is_ok());
    machine.slots[0].kind = Kind::Hanging;
    for _ in 0..40 {
        assert!(machine.life(&offer, Kind::Unhealthy, true).is_ok());
    }
    let before = machine.boots;
    assert!(machine.life(&offer, Kind::Unhealthy, true).is_ok());
    let stage = machine.state.trial.as_ref().map(|trial| trial.stage.clone());
    assert_eq!((stage, machine.boots), (Some(Stage::Failed { reason: "service".into(), times: 3 }), before + 1));
}
