//! What may happen to a disk, by chance and many times: the log must keep its promises through all of it. Every campaign
//! has a control, a disk that lies about its syncs, which it must catch. `HELIOGRAPH_CUTS` says how many power cuts.

#![allow(clippy::print_stdout, reason = "a campaign tells what it counted")]

mod model;
mod power_cut;
mod refusals;
mod sim;
mod wounds;
