//! Where the pictures of a call stand.

/// A rectangle on the stage, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Place {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// The stage of a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Stage {
    /// The recruiters, in their order.
    pub others: Vec<Place>,
    /// Oneself.
    pub own: Place,
    /// One recruiter's picture fills the stage and oneself stands over it.
    pub full: bool,
}

const MARGIN: f32 = 32.0;
const GAP: f32 = 16.0;
/// The line with the greeting and the time.
const TOP: f32 = 96.0;
/// The own picture over a full stage.
const OWN: (f32, f32) = (288.0, 162.0);
const ASPECT: f32 = 16.0 / 9.0;
/// Space that an enlarged picture leaves for the others beside it.
const STRIP: f32 = 288.0;

impl Stage {
    /// Sets `count` recruiters and oneself on a stage of `width` × `height`; `enlarged` is the index of the large one.
    pub fn set(width: f32, height: f32, count: usize, enlarged: Option<usize>) -> Self {
        match (count, enlarged) {
            (0 | 1, _) => Self::alone(width, height, count),
            (_, Some(large)) if large < count => Self::around(width, height, count, large),
            _ => Self::tiled(width, height, count),
        }
    }

    fn alone(width: f32, height: f32, count: usize) -> Self {
        let own = Place { x: width - MARGIN - OWN.0, y: height - 24.0 - OWN.1, width: OWN.0, height: OWN.1 };
        // A high stage would cut a wide picture to a strip; there it keeps its shape.
        let whole = if width >= height {
            Place { x: 0.0, y: 0.0, width, height }
        } else {
            let high = (width / ASPECT).floor();
            Place { x: 0.0, y: ((height - high) / 2.0 - TOP / 2.0).floor().max(TOP), width, height: high }
        };
        Self { others: vec![whole; count], own, full: true }
    }

    fn tiled(width: f32, height: f32, count: usize) -> Self {
        let cells = count + 1;
        let room = (width - 2.0 * MARGIN, height - TOP - GAP);
        let size = |columns: usize| {
            let rows = cells.div_ceil(columns);
            let across = (room.0 - GAP * (columns - 1) as f32) / columns as f32;
            let down = (room.1 - GAP * (rows - 1) as f32) / rows as f32;
            across.min(down * ASPECT).floor()
        };
        // With equal sizes the fewest columns win: rows are filled last.
        let columns = (1..=3).rev().max_by(|a, b| size(*a).total_cmp(&size(*b))).unwrap_or(1);
        let rows = cells.div_ceil(columns);
        let cell = (size(columns), (size(columns) / ASPECT).floor());
        let left = (width - columns as f32 * (cell.0 + GAP) + GAP) / 2.0;
        let top = TOP + (room.1 - rows as f32 * (cell.1 + GAP) + GAP) / 2.0;
        let place = |n: usize| Place {
            x: (left + (n % columns) as f32 * (cell.0 + GAP)).floor(),
            y: (top + (n / columns) as f32 * (cell.1 + GAP)).floor(),
            width: cell.0,
            height: cell.1,
        };
        // Oneself closes the grid; the empty cells before it are where notices stand.
        Self { others: (0..count).map(place).collect(), own: place(columns * rows - 1), full: false }
    }

    fn around(width: f32, height: f32, count: usize, large: usize) -> Self {
        let small = count as f32;
        let beside = width >= height;
        let room = (width - 2.0 * MARGIN, height - TOP - GAP);
        let (main, thumb) = if beside {
            let thumb = STRIP.min((room.1 - GAP * (small - 1.0)) / small * ASPECT).floor();
            ((room.0 - thumb - GAP, room.1), thumb)
        } else {
            let thumb = STRIP.min((room.0 - GAP * (small - 1.0)) / small).floor();
            ((room.0, room.1 - thumb / ASPECT - GAP), thumb)
        };
        let wide = main.0.min(main.1 * ASPECT).floor();
        let high = (wide / ASPECT).floor();
        let thumb = (thumb, (thumb / ASPECT).floor());
        let big = Place {
            x: (MARGIN + (main.0 - wide) / 2.0).floor(),
            y: (TOP + (main.1 - high) / 2.0).floor(),
            width: wide,
            height: high,
        };
        let strip = small * (if beside { thumb.1 } else { thumb.0 } + GAP) - GAP;
        let place = |n: usize| {
            if beside {
                let y = TOP + (room.1 - strip) / 2.0 + n as f32 * (thumb.1 + GAP);
                Place { x: width - MARGIN - thumb.0, y: y.floor(), width: thumb.0, height: thumb.1 }
            } else {
                let x = (width - strip) / 2.0 + n as f32 * (thumb.0 + GAP);
                Place { x: x.floor(), y: height - GAP - thumb.1, width: thumb.0, height: thumb.1 }
            }
        };
        let others = (0..count).map(|n| match n.cmp(&large) {
            std::cmp::Ordering::Less => place(n),
            std::cmp::Ordering::Equal => big,
            std::cmp::Ordering::Greater => place(n - 1),
        });
        Self { others: others.collect(), own: place(count - 1), full: false }
    }
}

/// The pixels that a 16:9 picture is scaled to so that it just covers `place` at `scale`.
pub(crate) fn covering(place: Place, scale: f32) -> (u32, u32) {
    let width = place.width.max(place.height * ASPECT) * scale;
    // Even sizes suit every video format.
    let even = |length: f32| ((length / 2.0).round() as u32).max(1) * 2;
    (even(width), even(width / ASPECT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stage: &Stage) -> Vec<Place> {
        stage.others.iter().copied().chain([stage.own]).collect()
    }

    #[test]
    fn nobody_stands_on_anybody_or_outside() {
        for (width, height) in [(1280.0, 696.0), (1422.0, 696.0), (800.0, 1176.0)] {
            for count in 2..=5 {
                for enlarged in std::iter::once(None).chain((0..count).map(Some)) {
                    let places = all(&Stage::set(width, height, count, enlarged));
                    assert_eq!(places.len(), count + 1);
                    for (n, a) in places.iter().enumerate() {
                        assert!(a.x >= 0.0 && a.x + a.width <= width, "{count} {enlarged:?} {a:?}");
                        assert!(a.y >= TOP && a.y + a.height <= height, "{count} {enlarged:?} {a:?}");
                        assert!(a.width >= 110.0, "{count} {enlarged:?} {a:?}");
                        for b in &places[n + 1..] {
                            let apart = a.x + a.width <= b.x
                                || b.x + b.width <= a.x
                                || a.y + a.height <= b.y
                                || b.y + b.height <= a.y;
                            assert!(apart, "{count} {enlarged:?} {a:?} {b:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_enlarged_picture_is_the_largest() {
        let stage = Stage::set(1280.0, 696.0, 5, Some(3));
        let large = stage.others[3].width;
        assert!(all(&stage).iter().filter(|p| p.width >= large).count() == 1);
        let tiled = Stage::set(1280.0, 696.0, 5, Some(9));
        assert_eq!(tiled, Stage::set(1280.0, 696.0, 5, None));
    }

    #[test]
    fn one_recruiter_fills_the_stage() {
        let stage = Stage::set(1280.0, 696.0, 1, None);
        assert_eq!((stage.others[0].width, stage.others[0].height, stage.full), (1280.0, 696.0, true));
        assert_eq!(covering(stage.others[0], 1.0), (1280, 720));
        assert_eq!(covering(stage.own, 1.5), (432, 244));
    }
}
