//! The API's description is the one that is committed.

use std::path::Path;

#[test]
fn the_api_is_the_one_that_is_described() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let described = engawa_service::api::description();
    if std::env::var_os("ENGAWA_WRITE").is_some() {
        std::fs::write(&file, &described).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == described, "openapi.json is not today's: ENGAWA_WRITE=1 cargo test -p engawa-service");
}
