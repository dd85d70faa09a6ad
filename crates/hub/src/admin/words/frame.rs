//! The words of the frame around the pages.

use super::Word;

words! {
    FIRST_DEPARTMENT "办公室" "General Office";
}
