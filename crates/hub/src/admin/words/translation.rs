//! One language that was changed, and another that was not.

use super::Word;

words! {
    TRANSLATION "译文" "Translation";
    LAG "{}改了（{}），{}没有改。" "{} was changed ({}), {} was not.";
    LAG_WHAT "请核对是否也要改；确实不用改的，可以照常送审和发布。" "See whether it has to follow. Where it need not, go on as usual: nothing is held up.";
}
