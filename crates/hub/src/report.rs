//! What comes out at the year's end.

use crate::library::Library;
use crate::projector::{self, ProjectError};
use crate::state::State;
use heliograph_domain::report::{AnnualReport, annual};
use heliograph_domain::site::SiteClock;
use heliograph_log::EventLog;
use std::sync::Arc;

/// The numbers of a year, from what the log says; `None` before the site has a profile, and so no calendar.
pub(crate) fn of_state(state: &State, library: &Library, year: u16) -> Option<AnnualReport> {
    let clock: SiteClock = library.profile(&state.site.as_ref()?.profile)?.clock.clone();
    let publications = state.publications.values().map(|dossier| &dossier.publication);
    Some(annual(year, &clock, &state.catalogue, publications, |publication| {
        let content = publication.released.as_ref().map(|on| on.release.content);
        // What was withdrawn since is still counted by the text that it was released with, if that text exists.
        content
            .and_then(|hash| library.document(&hash))
            .map(|document| (*document).clone())
    }))
}

/// The numbers of a year straight from a log, for the command line.
///
/// # Errors
/// When the log cannot be read.
pub fn of_log(log: &Arc<dyn EventLog>, year: u16) -> Result<Option<AnnualReport>, ProjectError> {
    let state = projector::replay(&**log)?;
    Ok(of_state(&state, &Library::new(Arc::clone(log)), year))
}
