//! `/api/v1/events`: Server-Sent Events for staff pages.

use super::call::Caller;
use super::problem::Problem;
use crate::feed::News;
use crate::office::Office;
use crate::sign_in;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::{Stream, StreamExt, stream};
use heliograph_domain::staff::Verb;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// `GET /api/v1/events`
pub(crate) async fn events(
    State(office): State<Arc<Office>>,
    caller: Caller,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    caller.may(&office, Verb::Read)?;
    let news = stream::unfold(office.feed.listen(), |mut listener| async {
        match listener.recv().await {
            Ok(news) => Some((Ok(as_event(&news)), listener)),
            // Too slow: what was missed is missed, the page is told to look anew.
            Err(RecvError::Lagged(_)) => Some((Ok(Event::default().event("missed").data("{}")), listener)),
            Err(RecvError::Closed) => None,
        }
    });
    // Whoever may no longer read, or has signed out, hears nothing more.
    let (row, staff, looked) = (caller.row, caller.staff.clone(), Arc::clone(&office));
    let news = news.take_while(move |_| {
        let hears = looked.state().staff.may(&staff, Verb::Read) && sign_in::is_open(&looked, &row);
        std::future::ready(hears)
    });
    let news = news.take_until(office.closed());
    Ok(Sse::new(news).keep_alive(KeepAlive::default()))
}

fn as_event(news: &News) -> Event {
    let kind = match news {
        News::Record { .. } => "record",
        News::Display { .. } => "display",
        News::Enrolments => "enrolments",
        News::Reach { .. } => "reach",
    };
    Event::default()
        .event(kind)
        .data(serde_json::to_string(news).unwrap_or_default())
}
