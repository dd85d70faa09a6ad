//! The words of what proves that a text was public, and that a line of the audit trail was not changed.

use super::Word;

words! {
    PUBLIC_AND_PROVED "对外公开与凭证" "In public, and proved";
    PUBLIC_PAGE "公开网页" "Public page";
    SEE_AS_EVERYBODY "查看公众看到的页面" "See it as everybody does";
    PROOF "公开凭证" "Proof";
    GET_PROOF "下载公开凭证" "Download the proof of publication";
    EVERY_FACT "查看和导出这条信息的全部记录" "Every line about it, to read and to export";
    PROOF_WHAT "凭证证明最近一次发布、更新或撤回是何时、以何内容记入公开账本的，发布后一分钟内生成；任何人都可以独立核对。" "The proof says when the last release, amendment or withdrawal went into the public ledger, and of which text. It is made within a minute, and anybody can check it without the office.";
}
