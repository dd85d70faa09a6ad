//! The words of the frame around the pages.

use super::Word;

words! {
    OF_LANGUAGE "{}（{}）" "{} ({})";
    COLON "：" ": ";
    AND_MORE_FAULTS "（另有 {} 处）" " (and {} more)";
    FIRST_DEPARTMENT "办公室" "General Office";
}
