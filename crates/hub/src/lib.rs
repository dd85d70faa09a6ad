//! The office's hub: API, admin, projections, signer, broadcaster.
