//! The words of the frame around the pages.

use super::Word;

words! {
    SEE_PUBLIC "查看公开信息" "See public information";
    FIRST_DEPARTMENT "办公室" "General Office";
}
