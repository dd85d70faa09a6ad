//! `/api/v1/backups`: copies of the log, made while it is written.

use super::call::{Call, Caller};
use super::idempotency::Answer;
use super::problem::{Problem, Told};
use super::shape;
use crate::backups::{Backup, BackupsError};
use crate::office::Office;
use axum::extract::State;
use heliograph_domain::staff::Verb;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/v1/backups`
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Administer)?;
    let found = read(&office).await?;
    let plan = office.backups.plan();
    Ok(Answer::ok(json!({
        "folder": plan.map(|plan| &plan.folder),
        "keep_days": plan.map(|plan| plan.keep_days),
        "backups": found.iter().map(shaped).collect::<Vec<_>>(),
    })))
}

/// All backups, the newest first.
pub(crate) async fn read(office: &Arc<Office>) -> Result<Vec<Backup>, Problem> {
    let at = Arc::clone(office);
    let found = tokio::task::spawn_blocking(move || at.backups.list()).await;
    found.map_err(Problem::internal)?.map_err(refused)
}

/// `POST /api/v1/backups`
pub(crate) async fn make(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Administer)?;
    call.fields()?.finish()?;
    let (at, now) = (Arc::clone(&office), office.now());
    let made = tokio::task::spawn_blocking(move || at.backups.make(now)).await;
    let made = made.map_err(Problem::internal)?.map_err(refused)?;
    Ok(Answer::created(shaped(&made)))
}

fn shaped(backup: &Backup) -> Value {
    json!({
        "name": backup.name, "at": shape::time(backup.at),
        "records": backup.head.size, "root": backup.head.root_hex(),
    })
}

fn refused(error: BackupsError) -> Problem {
    let told = |zh: String| Problem::conflict("not-backed-up", Told::new(zh, error.to_string()), None);
    match &error {
        BackupsError::NoFolder => told("尚未指定备份目录：启动时请加 --backups 目录".to_owned()),
        BackupsError::Folder { folder, cause } => told(format!("备份目录 {} 无法使用：{cause}", folder.display())),
        BackupsError::Copy(cause) => told(format!("备份未完成：{cause}")),
        BackupsError::Key(_) => Problem::internal(error),
    }
}
