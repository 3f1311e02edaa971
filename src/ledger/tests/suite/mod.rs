//! What every ledger promises, whatever is behind it.

pub mod blobs;
pub mod logs;
pub mod relay;
pub mod values;

use engawa_ledger::Ledger;
use std::sync::Arc;

/// A way to a ledger. `nodes` are as many as can be had of the same one, each as another process has it.
pub struct Opened {
    pub nodes: Vec<Arc<dyn Ledger>>,
    /// What must outlive the ledger.
    pub _keep: Box<dyn std::any::Any>,
}

impl Opened {
    pub fn first(&self) -> &Arc<dyn Ledger> {
        &self.nodes[0]
    }

    pub fn last(&self) -> &Arc<dyn Ledger> {
        self.nodes.last().expect("a ledger has a node")
    }
}

/// Makes a test of each promise, with an expression that opens an empty ledger.
macro_rules! the_suite {
    ($open:expr) => {
        $crate::suite::promises!(separately, $open);
    };
}

/// Keeps each promise in turn, with an expression that opens an empty ledger.
#[allow(unused_macros, reason = "a folder is opened for each promise; a cluster keeps all in turn")]
macro_rules! the_suite_in_turn {
    ($open:expr) => {
        $crate::suite::promises!(in_turn, $open);
    };
}

macro_rules! promises {
    ($how:ident, $open:expr) => {
        $crate::suite::$how!(
            $open,
            logs::a_log_is_read_as_it_was_appended,
            logs::an_append_behind_the_wrong_event_changes_nothing,
            logs::a_batch_that_is_too_large_is_refused_whole,
            logs::of_appenders_at_once_one_wins_each_number,
            logs::a_follower_hears_each_event_once_in_order_whenever_it_begins,
            logs::a_follower_that_does_not_listen_misses_nothing,
            logs::a_removed_log_is_gone_for_good_and_its_followers_end,
            logs::of_a_removal_and_an_append_at_once_nothing_is_left,
            values::a_put_is_conditional,
            values::a_removal_is_conditional,
            values::revisions_rise_over_all_keys_and_removals,
            values::of_writers_at_once_one_wins_each_revision,
            values::any_key_is_kept_and_listed_by_prefix,
            values::a_watcher_hears_what_stands_then_every_change,
            values::a_watcher_that_does_not_listen_ends_with_what_stands,
            values::tidying_takes_nothing_that_stands,
            blobs::a_blob_is_read_as_it_was_put,
            blobs::a_blob_with_another_hash_or_size_leaves_nothing,
            blobs::a_source_that_breaks_off_leaves_nothing,
            blobs::a_removed_blob_can_be_put_again,
            relay::a_message_reaches_whoever_listens_to_it,
            relay::a_slow_subscriber_loses_the_oldest_and_is_told,
        );
    };
}

macro_rules! separately {
    ($open:expr, $($kind:ident :: $promise:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                let Some(opened) = $open else { return };
                $crate::suite::$kind::$promise(&opened).await;
            }
        )+
    };
}

#[allow(unused_macros, reason = "a folder is opened for each promise; a cluster keeps all in turn")]
macro_rules! in_turn {
    ($open:expr, $($kind:ident :: $promise:ident,)+) => {
        $(
            eprintln!("{}", stringify!($promise));
            $crate::suite::$kind::$promise(&$open).await;
        )+
    };
}

#[allow(unused_imports, reason = "as above")]
pub(crate) use {in_turn, promises, separately, the_suite, the_suite_in_turn};
