use super::*;
use crate::accounts::{Account, Role, SignedIn};
use crate::config::Company;
use crate::fair::{Event, Policies};
use crate::outlet::Outlet;
use crate::visitor::Identity;
use engawa_protocol::{ClientId, Localized, Millis};
use engawa_session::room::Policy;

fn config() -> Config {
    let name = |name: &str| Localized { ja: name.into(), ko: name.into(), en: name.into() };
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        ledger: crate::config::LedgerConfig::Sled { folder: "data".into() },
        page: "page".into(),
        origins: vec![],
        proxies: vec![],
        ice_servers: vec![],
        event: name("Autumn"),
        timezone: jiff::tz::TimeZone::UTC,
        companies: vec![Company { id: "minato".parse().unwrap(), name: name("Minato") }],
        booths: vec![],
        enrol_key: None,
        policy: Policy::default(),
        number_life: std::time::Duration::from_secs(600),
        records: std::time::Duration::from_secs(1),
        notices: None,
        link: None,
        updates: None,
    }
}

fn fair() -> watch::Receiver<Arc<State>> {
    let company = config().companies.remove(0);
    let companies = vec![crate::fair::Company { id: company.id, name: company.name, order: 0, walk_up: None }];
    let event = Event { name: config().event, policies: Policies::default() };
    watch::channel(Arc::new(State { event, companies })).1
}

fn nodes() -> Arc<Nodes> {
    let folder = tempfile::tempdir().unwrap();
    Nodes::new(Arc::new(engawa_ledger::sled::SledLedger::open(folder.path()).unwrap())).unwrap()
}

fn host(n: u8, outlet: Outlet) -> Arc<Visitor> {
    let (id, company) = ("takahashi".parse().unwrap(), "minato".parse().ok());
    let account = Account { id, name: "a".into(), title: String::new(), role: Role::Host, company };
    let identity = Identity::SignedIn(SignedIn { account, session: "session/0".into(), expires: Millis(0) });
    Arc::new(Visitor::new(ConnectionId(n.into()), ClientId::from_random([n; 16]), &identity, outlet))
}

fn knock() -> (RoomId, RoomNews) {
    let (id, mut room) = (RoomId::from_random([9; 16]), engawa_session::room::Room::new(Policy::default()));
    let (company, booth): (CompanyId, BoothId) = ("minato".parse().unwrap(), "a-01".parse().unwrap());
    room.apply(&engawa_protocol::Recorded {
        seq: 1,
        at: Millis(1),
        by: engawa_protocol::Actor::Guest { booth: booth.clone() },
        command: None,
        event: engawa_protocol::Event::Knocked {
            company: company.clone(),
            name: "b".into(),
            locale: engawa_protocol::Locale::Ja,
        },
    });
    (
        id.clone(),
        RoomNews {
            company,
            booth,
            summary: room.summary(id, String::new()),
            over: false,
            knocked: room.knocked(),
            rang_staff: false,
        },
    )
}

#[test]
fn whoever_enters_between_two_pushes_sees_what_is_so_and_the_others_are_still_told() {
    let mut board = Board::new(Arc::new(config()), fair(), watch::channel(Arc::from([])).1, nodes(), OnCall::default());
    let (first, mut to_first) = Outlet::new();
    board.enter(host(1, first));
    board.push();
    while to_first.try_next().is_some() {}
    let (id, news) = knock();
    board.set_room(id.clone(), news);
    let (second, mut to_second) = Outlet::new();
    board.enter(host(2, second));
    assert!(to_second.try_next().is_some_and(|lobby| lobby.contains(id.as_str())));
    assert_eq!(to_first.try_next(), None);
    board.push();
    assert!(to_first.try_next().is_some_and(|lobby| lobby.contains(id.as_str())));
}
