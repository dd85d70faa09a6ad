//! A display player: sans-IO agent, replica, play loop.
