//! The document is sound in itself, and speaks of the addresses that there are.

use super::document;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Method, address, and whom the row of `docs/endpoints.md` names.
type Rows = BTreeMap<(String, String), String>;

fn rows_of(document: &str) -> Rows {
    let rows = document.lines().filter(|line| line.contains("| `/api/v1/"));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        ((cells[1].to_lowercase(), cells[2].to_owned()), cells[3].to_owned())
    })
    .collect()
}

fn told_of(document: &Value) -> Rows {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, told)| {
            let who = told["x-heliograph-who"].as_str().unwrap().to_owned();
            ((method.clone(), path.clone()), who)
        })
    });
    operations.collect()
}

#[test]
fn every_address_of_the_api_is_told_of_and_no_other() {
    let rows = rows_of(include_str!("../../../../docs/endpoints.md"));
    let told = told_of(&document());
    assert!(rows.len() > 80, "{}", rows.len());
    let missing: Vec<_> = rows.keys().filter(|row| !told.contains_key(*row)).collect();
    let invented: Vec<_> = told.keys().filter(|row| !rows.contains_key(*row)).collect();
    assert!(
        missing.is_empty() && invented.is_empty(),
        "not told: {missing:?}; invented: {invented:?}"
    );
    let differ: Vec<_> = rows.iter().filter(|(row, who)| told[*row] != **who).collect();
    assert!(
        differ.is_empty(),
        "docs/endpoints.md lets in others than the document: {differ:?}"
    );
    // The control: a row more is missed, and one less is called invented.
    let more = rows_of("| GET | `/api/v1/backdoor` | Everyone |");
    assert!(more.keys().all(|row| !told.contains_key(row)) && more.len() == 1);
}

/// Every `$ref` in a value.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    for reference in &used {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some(), "{reference} leads nowhere");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(
            used.contains(&format!("#/components/schemas/{name}")),
            "{name} is used nowhere"
        );
    }
}

#[test]
fn every_operation_says_what_it_takes_and_how_it_may_refuse() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, told) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(
                ids.insert(told["operationId"].to_string()),
                "{place}: its id is another's"
            );
            let responses = told["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{place}: when it goes well?"
            );
            let named: BTreeSet<&str> = told["parameters"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|one| one["name"].as_str())
                .collect();
            for part in path.split('/').filter_map(|part| part.strip_prefix('{')) {
                assert!(named.contains(part.trim_end_matches('}')), "{place}: {part}");
            }
            let open = told["security"].as_array().unwrap().is_empty();
            assert!(open || responses.contains_key("401"), "{place}: who is nobody?");
        }
    }
}
