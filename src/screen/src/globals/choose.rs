//! The companies.

use super::{Touched, count, sync};
use crate::Touch;
use crate::ui::{App, Choose, CompanyTile};
use crate::words::whole;
use engawa_protocol::CompanyId;
use engawa_session::view::{TILES, Tile};
use slint::{ComponentHandle, SharedString};
use std::cell::RefCell;

thread_local! {
    /// What the tiles stand for, in their order.
    static COMPANIES: RefCell<Vec<CompanyId>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn wire(app: &App, touched: &Touched) {
    let choose = app.global::<Choose>();
    let told = touched.clone();
    choose.on_pick(move |n| {
        let company = COMPANIES.with_borrow(|all| usize::try_from(n).ok().and_then(|n| all.get(n).cloned()));
        if let Some(company) = company {
            told(Touch::Company(company));
        }
    });
    let told = touched.clone();
    choose.on_next(move || told(Touch::NextTiles));
    let told = touched.clone();
    choose.on_previous(move || told(Touch::PreviousTiles));
    let told = touched.clone();
    choose.on_number(move || told(Touch::Number));
}

pub(crate) fn show(app: &App, tiles: &[Tile], page: usize, pages: usize, total: usize) {
    COMPANIES.set(tiles.iter().map(|tile| tile.company.clone()).collect());
    let choose = app.global::<Choose>();
    let rows = tiles.iter().map(|tile| CompanyTile {
        name: whole(&tile.name).into(),
        initial: initial(&tile.name),
        here: tile.here,
        waiting: count(tile.waiting),
        booked: tile.booked,
    });
    if let Some(model) = sync(&choose.get_tiles(), rows.collect()) {
        choose.set_tiles(model);
    }
    let before = page * TILES;
    choose.set_page(count(page));
    choose.set_pages(count(pages));
    choose.set_first(count(before + 1));
    choose.set_last(count(before + tiles.len()));
    choose.set_total(count(total));
    choose.set_following(count(total.saturating_sub(before + tiles.len()).min(TILES)));
}

/// The letter that tells a company from others: not that of its legal form.
fn initial(name: &str) -> SharedString {
    const FORMS: [&str; 9] =
        ["株式会社", "有限会社", "合同会社", "一般社団法人", "(株)", "（株）", "㈱", "주식회사", "(주)"];
    let bare = FORMS.iter().find_map(|form| name.strip_prefix(form)).unwrap_or(name);
    bare.trim_start().chars().find(|letter| letter.is_alphanumeric()).map(String::from).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn a_companys_initial_passes_over_its_legal_form() {
        assert_eq!(initial("株式会社みなと精工"), "み");
        assert_eq!(initial("(주) 한빛"), "한");
        assert_eq!(initial("「北斗」食品"), "北");
        assert_eq!(initial(""), "");
    }
}
