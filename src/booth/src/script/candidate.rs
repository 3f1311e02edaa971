//! Whoever plays a script: touches what the action says, when its page is shown.

use super::{Action, is_blank};
use crate::inbox::{Happened, Post};
use crate::status::{page, print, seconds};
use anyhow::{Context, anyhow, bail};
use engawa_session::booth::Input;
use engawa_session::keyboard::Key;
use engawa_session::view::{Devices, Dialog, DocumentState, LineBody, LineKey, Screen, Staff, Touch, View};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::{oneshot, watch};
use tokio::time::{sleep, timeout};

/// An action waits this long for its page.
const PAGE: Duration = Duration::from_secs(30);

pub struct Candidate {
    pub views: watch::Receiver<Option<View>>,
    pub post: Post,
}

impl Candidate {
    pub async fn listen(&mut self) {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if is_blank(&line) {
                continue;
            }
            let done = match line.parse() {
                Ok(action) => self.act(&action).await,
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => print(&json!({"done": line.trim()})),
                Err(error) => print(&json!({"error": format!("{error:#}")})),
            }
        }
    }

    fn touch(&self, touch: Touch) {
        self.post.input(Input::Touched(touch));
    }

    /// Waits until the view is as wanted; the error says what is shown instead.
    async fn until(&mut self, time: Duration, what: &str, wanted: impl Fn(&View) -> bool) -> anyhow::Result<()> {
        let waited = timeout(time, self.views.wait_for(|view| view.as_ref().is_some_and(&wanted))).await;
        match waited.map(|shown| shown.map(drop)) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(_)) => bail!("the booth stopped"),
            Err(_) => {}
        }
        let shown = self.views.borrow().as_ref().map_or("nothing", |view| page(&view.screen));
        bail!("waited {} s for {what}, but {shown} is shown", time.as_secs())
    }

    async fn page(&mut self, name: &'static str) -> anyhow::Result<()> {
        self.until(PAGE, name, |view| page(&view.screen) == name).await
    }

    pub async fn act(&mut self, action: &Action) -> anyhow::Result<()> {
        match action {
            Action::Language(locale) => self.touch(Touch::Language(*locale)),
            Action::Start => {
                self.until(PAGE, "the service", |view| view.online && view.screen == Screen::Welcome).await?;
                self.touch(Touch::Start);
                self.page("companies").await?;
            }
            Action::Company(company) => {
                // The list comes a moment after the service's welcome.
                let listed = |view: &View| matches!(view.screen, Screen::Companies { total: 1.., .. });
                self.until(PAGE, "companies", listed).await?;
                self.touch(Touch::Company(company.clone()));
                self.page("name").await.with_context(|| format!("is there a company {company:?}?"))?;
            }
            Action::Name(name) => {
                self.page("name").await?;
                name.chars().for_each(|letter| self.touch(Touch::Key(Key::Letter(letter))));
                self.touch(Touch::NameDone);
                self.page("ready").await?;
            }
            Action::Knock => {
                self.page("ready").await?;
                self.touch(Touch::Ready);
                let can = |view: &View| matches!(view.screen, Screen::Ready { can_ask: true, .. });
                self.until(PAGE, "a request that can be sent", can).await?;
                self.touch(Touch::Ask);
                self.until(PAGE, "waiting", |view| page(&view.screen) != "ready").await?;
            }
            Action::Cancel => {
                self.page("waiting").await?;
                self.touch(Touch::Cancel);
                self.page("ready").await?;
            }
            Action::Wait(name, time) => self.until(*time, name, |view| page(&view.screen) == *name).await?,
            Action::WaitPicture(time) => {
                let all = |view: &View| match &view.screen {
                    Screen::Call { others, .. } => !others.is_empty() && others.iter().all(|other| other.picture),
                    _ => false,
                };
                self.until(*time, "a picture of everybody", all).await?;
            }
            Action::Say(time) => {
                self.switch(true, |devices| devices.microphone, Touch::Microphone).await?;
                sleep(*time).await;
                self.switch(false, |devices| devices.microphone, Touch::Microphone).await?;
            }
            Action::Write(text) => {
                self.until(PAGE, "a chat", |view| view.chat.is_some()).await?;
                self.touch(Touch::Chat(true));
                let typed = |view: &View| view.chat.as_ref()?.keyboard.as_ref().map(|keyboard| keyboard.text.clone());
                self.until(PAGE, "the chat's keyboard", |view| typed(view).is_some()).await?;
                text.chars().for_each(|letter| self.touch(Touch::ChatKey(Key::Letter(letter))));
                let whole = |view: &View| typed(view).is_some_and(|typed| typed.ends_with(text.trim()));
                self.until(PAGE, "the line on the keyboard", whole).await?;
                self.touch(Touch::Send);
                self.until(PAGE, "an empty keyboard", |view| typed(view).is_some_and(|typed| typed.is_empty())).await?;
                self.touch(Touch::Chat(false));
            }
            Action::Send(path) => {
                let (answer, taken) = oneshot::channel();
                self.post.happened(Happened::Attach(path.clone(), answer));
                taken.await.context("the booth stopped")?.map_err(|error| anyhow!(error))?;
            }
            Action::Open => {
                let file = |view: &View| {
                    let lines = &view.chat.as_ref()?.lines;
                    lines.iter().rev().find_map(|line| match (&line.key, &line.body) {
                        (LineKey::Post(post), LineBody::File { .. }) => Some(*post),
                        _ => None,
                    })
                };
                self.until(PAGE, "a file in the chat", |view| file(view).is_some()).await?;
                let post = self.views.borrow().as_ref().and_then(file).context("the file is gone")?;
                self.touch(Touch::Chat(true));
                self.touch(Touch::Show(post));
                let done = |view: &View| {
                    view.document.as_ref().is_some_and(|document| document.state != DocumentState::Loading)
                };
                self.until(PAGE, "the file", done).await?;
            }
            Action::TakeBack => {
                let own = |view: &View| {
                    let lines = &view.chat.as_ref()?.lines;
                    lines.iter().rev().find_map(|line| match &line.key {
                        LineKey::Post(post) if line.mine && line.body != LineBody::Deleted => Some(*post),
                        _ => None,
                    })
                };
                self.until(PAGE, "an own line in the chat", |view| own(view).is_some()).await?;
                let post = self.views.borrow().as_ref().and_then(own).context("the line is gone")?;
                self.touch(Touch::DeletePost(post));
                self.until(PAGE, "the line taken back", |view| own(view) != Some(post)).await?;
            }
            Action::Hand => {
                self.page("call").await?;
                self.touch(Touch::Hand);
            }
            Action::Number(digits) => {
                let offers =
                    |view: &View| view.online && matches!(view.screen, Screen::Welcome | Screen::Companies { .. });
                self.until(PAGE, "the service", offers).await?;
                self.touch(Touch::Number);
                self.page("number").await?;
                digits.iter().for_each(|digit| self.touch(Touch::Digit(*digit)));
            }
            Action::CallStaff => {
                self.until(PAGE, "the service", |view| view.staff != Staff::Away).await?;
                self.touch(Touch::CallStaff);
            }
            Action::Hold(down) => self.touch(Touch::StaffHold(*down)),
            Action::Pin(digits) => {
                self.page("staff-pin").await?;
                digits.iter().for_each(|digit| self.touch(Touch::Digit(*digit)));
            }
            Action::Check => {
                self.page("staff-menu").await?;
                self.touch(Touch::Check);
            }
            Action::Identify => self.touch(Touch::Identify),
            Action::Restart => {
                self.page("staff-menu").await?;
                self.touch(Touch::Restart);
            }
            Action::TakeOver => {
                let asks = |view: &View| view.dialog == Some(Dialog::TakeOver);
                self.until(PAGE, "the question", asks).await?;
                self.touch(Touch::TakeOver);
                self.until(PAGE, "an answer", |view| view.dialog.is_none()).await?;
            }
            Action::Microphone(on) => self.switch(*on, |devices| devices.microphone, Touch::Microphone).await?,
            Action::Camera(on) => self.switch(*on, |devices| devices.camera, Touch::Camera).await?,
            Action::Noise(on) => self.switch(*on, |devices| devices.noise, Touch::Noise).await?,
            Action::TestSound => self.touch(Touch::TestSound),
            Action::Back => self.touch(Touch::Back),
            Action::Ask => {
                self.page("call").await?;
                self.touch(Touch::Leave);
                self.until(PAGE, "the question", |view| view.dialog.is_some()).await?;
            }
            Action::Leave => {
                self.page("call").await?;
                self.touch(Touch::Leave);
                self.until(PAGE, "the question", |view| view.dialog.is_some()).await?;
                self.touch(Touch::ConfirmLeave);
                self.page("ended").await?;
            }
            Action::Stay => self.touch(Touch::Stay),
            Action::Return => {
                let may = |view: &View| matches!(view.screen, Screen::Ended { may_return: true, .. });
                self.until(PAGE, "a way back", may).await?;
                self.touch(Touch::Return);
                self.until(PAGE, "the interview", |view| page(&view.screen) != "ended").await?;
            }
            Action::OtherCompanies => {
                self.page("refused").await?;
                self.touch(Touch::OtherCompanies);
                self.page("companies").await?;
            }
            Action::Finish => {
                self.until(PAGE, "an end", |view| matches!(page(&view.screen), "ended" | "refused")).await?;
                self.touch(Touch::Finish);
                self.page("welcome").await?;
            }
            Action::Screen(path) => {
                let (answer, written) = oneshot::channel();
                self.post.happened(Happened::Snapshot(path.clone(), answer));
                let written = timeout(PAGE, written).await.context("the screen does not answer")?;
                written.context("the screen is gone")?.map_err(|error| anyhow!(error))?;
                print(&json!({"saved": path}));
            }
            Action::Seconds => {
                let shown = self.views.borrow().as_ref().and_then(seconds);
                print(&json!({"seconds": shown}));
            }
            Action::Figures => {
                let (answer, figures) = oneshot::channel();
                self.post.happened(Happened::Figures(answer));
                print(&json!({"figures": figures.await.context("the media did not answer")?}));
            }
            Action::Quit => self.post.happened(Happened::Stop(0)),
        }
        Ok(())
    }

    /// Turns a device on or off, if it is not yet, and waits until the screen shows it.
    async fn switch(&mut self, on: bool, of: fn(&Devices) -> bool, touch: Touch) -> anyhow::Result<()> {
        let shown = move |view: &View| match &view.screen {
            Screen::Ready { devices, .. } | Screen::Waiting { devices, .. } | Screen::Call { devices, .. } => {
                Some(of(devices))
            }
            _ => None,
        };
        self.until(PAGE, "a page with switches", |view| shown(view).is_some()).await?;
        let now = self.views.borrow().as_ref().and_then(shown);
        if now != Some(on) {
            self.touch(touch);
        }
        self.until(PAGE, "the switch", |view| shown(view) == Some(on)).await
    }
}
