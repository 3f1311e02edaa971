//! The relay: who hears what, and what a slow one is told.

use super::Opened;
use crate::support::SOON;
use bytes::Bytes;
use engawa_ledger::{Error, Ledger, RELAY_BYTES, Relayed, Subscription};
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::timeout;

async fn next(subscription: &mut Subscription) -> Relayed {
    timeout(SOON, subscription.next()).await.expect("the subscriber hears soon").expect("a subscription does not end")
}

fn message(subject: &str, message: &'static str) -> Relayed {
    Relayed::Message { subject: subject.to_owned(), message: Bytes::from_static(message.as_bytes()) }
}

/// Waits until what is published on `ledger` comes to `subscription`: between the servers of a cluster
/// word of a listener takes a moment.
async fn until_heard(ledger: &dyn Ledger, subject: &str, subscription: &mut Subscription) {
    const TRIES: u32 = 200;
    for attempt in 0..TRIES {
        ledger.publish(subject, Bytes::from_static(b"is anybody there")).await.unwrap();
        if timeout(Duration::from_millis(50), subscription.next()).await.is_ok() {
            break;
        }
        assert!(attempt + 1 < TRIES, "nothing is heard of {subject}");
    }
    ledger.publish(subject, Bytes::from_static(b"begin")).await.unwrap();
    while next(subscription).await != message(subject, "begin") {}
}

pub async fn a_message_reaches_whoever_listens_to_it(opened: &Opened) {
    let (ledger, other) = (opened.first(), opened.last());
    let mut exact = other.subscribe("room/1/signal").await.unwrap();
    until_heard(&**ledger, "room/1/signal", &mut exact).await;
    let mut below = ledger.subscribe("room/1/").await.unwrap();
    until_heard(&**ledger, "room/1/below", &mut below).await;
    let mut all = other.subscribe("room/").await.unwrap();
    until_heard(&**ledger, "room/3", &mut all).await;
    for (subject, text) in [("room/1/signal", "a"), ("room/2/x.y z", "b"), ("hall", "c"), ("room/1/other", "d")] {
        ledger.publish(subject, Bytes::from_static(text.as_bytes())).await.unwrap();
    }
    ledger.publish("room/1/signal", Bytes::from_static(b"e")).await.unwrap();
    for heard in [message("room/1/signal", "a"), message("room/1/signal", "e")] {
        assert_eq!(next(&mut exact).await, heard);
    }
    for (subject, text) in [("room/1/signal", "a"), ("room/1/other", "d"), ("room/1/signal", "e")] {
        assert_eq!(next(&mut below).await, message(subject, text));
    }
    for (subject, text) in
        [("room/1/signal", "a"), ("room/2/x.y z", "b"), ("room/1/other", "d"), ("room/1/signal", "e")]
    {
        assert_eq!(next(&mut all).await, message(subject, text));
    }
    for subject in ["", "room/"] {
        assert!(matches!(ledger.publish(subject, Bytes::new()).await, Err(Error::Key)), "{subject:?}");
    }
    let large = ledger.publish("hall", vec![0; RELAY_BYTES + 1].into()).await;
    assert!(matches!(large, Err(Error::Large { .. })), "{large:?}");
}

pub async fn a_slow_subscriber_loses_the_oldest_and_is_told(opened: &Opened) {
    const SENT: u32 = 2000;
    let mut slow = opened.last().subscribe("many").await.unwrap();
    let mut quick = opened.last().subscribe("many").await.unwrap();
    let counting = tokio::spawn(async move {
        let mut last = 0;
        while last < SENT {
            // Being quick enough is not promised either; that the newest comes is.
            if let Relayed::Message { message, .. } = next(&mut quick).await {
                last = u32::from_be_bytes(message[..].try_into().unwrap());
            }
        }
    });
    for number in 1..=SENT {
        let message = Bytes::copy_from_slice(&number.to_be_bytes());
        opened.first().publish("many", message).await.unwrap();
    }
    counting.await.unwrap();
    let (mut missed, mut heard, mut last) = (0, 0, 0);
    while last < SENT {
        match next(&mut slow).await {
            Relayed::Missed(number) => missed += number,
            Relayed::Message { message, .. } => {
                let number = u32::from_be_bytes(message[..].try_into().unwrap());
                assert!(number > last, "out of order");
                (last, heard) = (number, heard + 1);
            }
        }
    }
    assert!(missed > 0, "something was lost, and told");
    assert_eq!(missed + heard, u64::from(SENT));
}
