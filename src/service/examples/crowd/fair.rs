//! The event that the crowd comes to.

use anyhow::Context;
use engawa_protocol::CompanyId;
use engawa_service::accounts::{Account, Accounts, Role};
use engawa_service::config::{Config, Flags, hash};
use engawa_service::ledger;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Pairs of one company.
const PAIRS_A_COMPANY: usize = 100;
/// Pages that one account has open, as many as the service allows.
const PAGES: usize = 8;
const PASSWORD: &str = "the password of everybody in the crowd";
/// One line a host's page: the cookie.
const COOKIES: &str = "cookies";

pub fn company(pair: usize) -> CompanyId {
    format!("company-{}", pair / PAIRS_A_COMPANY).parse().expect("an id")
}

pub fn booth(pair: usize) -> String {
    format!("b-{pair:05}")
}

pub fn token(pair: usize) -> String {
    format!("the token of booth {pair}")
}

/// The cookies of the pairs' hosts, by pair.
pub fn cookies(folder: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(folder.join(COOKIES)).context("the folder is not furnished")?;
    Ok(text.lines().map(str::to_owned).collect())
}

pub async fn furnish(folder: &Path, pairs: usize, nats: Vec<String>) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder.join("page"))?;
    std::fs::write(folder.join("page/index.html"), "<!doctype html><title>page</title>")?;
    let file = folder.join("service.toml");
    std::fs::write(&file, config(pairs))?;
    let config = Config::load(&file, Flags { nats, ..Flags::default() })?;
    let accounts = Arc::new(Accounts::new(ledger::open(&config.ledger).await?)?);
    let mut cookies = Vec::new();
    for company in 0..pairs.div_ceil(PAIRS_A_COMPANY) {
        let theirs = company * PAIRS_A_COMPANY..pairs.min((company + 1) * PAIRS_A_COMPANY);
        // Hashing a password takes a core for a while.
        let mut tasks = tokio::task::JoinSet::new();
        for first in theirs.clone().step_by(PAGES) {
            tasks.spawn(signed_in(accounts.clone(), first));
        }
        let mut tokens: Vec<_> = tasks.join_all().await.into_iter().collect::<anyhow::Result<_>>()?;
        tokens.sort();
        let pages = tokens.into_iter().flat_map(|(_, token)| std::iter::repeat_n(token, PAGES));
        cookies.extend(pages.take(theirs.len()).map(|token| format!("engawa={token}\n")));
    }
    std::fs::write(folder.join(COOKIES), cookies.concat())?;
    Ok(())
}

/// An account for the pairs from `first` on, and a token of its sign-in.
async fn signed_in(accounts: Arc<Accounts>, first: usize) -> anyhow::Result<(usize, String)> {
    let account = Account {
        id: format!("host-{first:05}").parse()?,
        name: format!("山田 {first}"),
        title: "採用担当".to_owned(),
        role: Role::Host,
        company: Some(company(first)),
    };
    let id = account.id.clone();
    // More than two at a time wait for one another, and not for ever.
    for _ in 0..100 {
        match accounts.add(account.clone(), PASSWORD.to_owned(), true).await {
            Err(engawa_service::accounts::AccountError::Busy) => continue,
            added => added?,
        }
        if let Ok(Some((_, token))) = accounts.sign_in(Some(&id), PASSWORD.to_owned()).await {
            return Ok((first, token));
        }
    }
    anyhow::bail!("{id} cannot be signed in")
}

fn config(pairs: usize) -> String {
    let mut text = "listen = \"127.0.0.1:0\"\ndata = \"data\"\npage = \"page\"\n\
        [event]\nname = { ja = \"測定の日\", ko = \"측정의 날\", en = \"A day of measuring\" }\n\
        [policy]\nknock = 86400\n"
        .to_owned();
    for first in (0..pairs).step_by(PAIRS_A_COMPANY) {
        let id = company(first);
        let name = format!("{{ ja = \"会社 {id}\", ko = \"회사 {id}\", en = \"{id}\" }}");
        writeln!(text, "[[company]]\nid = \"{id}\"\nname = {name}").expect("a string takes everything");
    }
    for pair in 0..pairs {
        let (id, hash) = (booth(pair), hex::encode(hash(&token(pair))));
        writeln!(text, "[[booth]]\nid = \"{id}\"\nname = \"B-{pair}\"\ntoken_sha256 = \"{hash}\"")
            .expect("a string takes everything");
    }
    text
}
