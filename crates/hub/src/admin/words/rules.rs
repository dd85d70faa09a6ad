//! The words of the gate's rules: the office's own list, and what becomes of texts on their way when it changes.

use super::Word;

words! {
    VOIDED "检查规则已更新，需重新审查" "The rules changed: to be reviewed again";
    VOID_NEW_RULES "检查规则已更新，需重新审查：规则于 {} 由 {} 更新，内容已按新规则重新检查。审查只对当时的规则有效，须从保密审查起重新办理。" "The rules of the check have changed, so the text has to be reviewed again. They were changed on {} by {}, and the text was looked through by the new ones. A review holds for the rules of its time: the steps are taken anew, beginning with the confidentiality review.";

    OWN_WORDS "本单位词表" "The office's own words";
    OWN_WORDS_WHAT "保密审查关口除程序自带的规则外，还检查这里的词。保存后立即生效，不必重启。操作记录只写各级有几个词和词表的校验值，不写词本身。" "The gate looks for these words besides the program's own rules. What is saved holds at once, without a restart. The audit trail says how many words there are of each class, and the check value of the list, never the words.";
    OWN_WORDS_LINK "管理词表" "Keep the list";
    OWN_WORDS_NOW "现行规则 {}：拦截 {} 个，提示 {} 个，错敏 {} 个。" "Rules in force: {}. Words that block: {}, that warn: {}, wrong forms: {}.";
    OWN_WORDS_NONE "词表里还没有词。" "The list has no words yet.";
    VOIDS_NONE "现在没有送审中的信息，修改词表不影响任何审查。" "No text is on its way now: a change voids no review.";
    VOIDS "现有 {} 条信息在审查、审批或待发布中。修改词表后，它们会按新规则重新检查，已作的审查全部作废，须从保密审查起重新办理。" "Texts that are in review, in approval or waiting for release now: {}. When the list changes they are looked through by the new rules, what was reviewed is void, and the steps begin again with the confidentiality review.";
    VOIDS_KNOWN "我知道，仍要修改" "I know; change it all the same";
    VOIDS_UNKNOWN "请先勾选：修改会使审查作废" "Tick that you know it: the change voids reviews";
    WORD "词" "Word";
    WORD_CLASS "级别" "Class";
    WORD_INSTEAD "应写作" "Right form";
    WORD_INSTEAD_HINT "只用于错敏词，可不填" "for wrong forms; may be left empty";
    WORD_NOTE "备注" "Note";
    WORD_NOTE_HINT "只有系统管理员看得到，可不填" "only administrators see it; may be left empty";
    CLASS_BLOCK "拦截：须另一人说明理由才能送审" "Block: a second person must say why";
    CLASS_WARN "提示：审查人逐项确认" "Warn: the reviewer confirms having looked";
    CLASS_SLIP "错敏：显示正确写法" "Wrong form: the right one is shown";
    CLASS_BLOCK_SHORT "拦截" "Block";
    CLASS_WARN_SHORT "提示" "Warn";
    CLASS_SLIP_SHORT "错敏" "Wrong form";
    KEEP "不移除" "Leave it";
    ADD_WORD "添加一个词" "Add a word";
    ADD "添加" "Add";
    REMOVE_WORD "移除" "Remove";
    REMOVE_WORD_OF "移除“{}”" "Remove “{}”";
    IMPORT_WORDS "批量添加" "Add many";
    IMPORT_HINT "每行一个词，级别按下面的选择；也可以把原来词表文件的全文贴进来，级别以文件为准。已有的词不重复添加。" "One word a line, of the class chosen below; or the whole text of a gate-office.json file, whose classes hold. Words that are there already are left out.";
    IMPORT_BAD "第 {} 行的词不能用：{}" "Line {} cannot be taken: {}";
    IMPORT_NO_FILE "这不是可用的词表文件：{}" "This is no such file: {}";
    IMPORT_NOTHING "没有可添加的新词。" "There is no new word to add.";
    WORDS_SAVED "词表已保存，立即生效。" "Saved; the list holds from now on.";
    WORDS_SAVED_VOID "词表已保存，立即生效。{} 条信息已重新检查，需重新审查。" "Saved; the list holds from now on. Texts that were looked through again and wait for their review: {}.";
    PUBLIC_CONFIRMED "已逐项核对，可以公开" "I looked at every finding; these words may be public";
    WORD_GONE "这个词已不在词表里。" "This word is in the list no longer.";
}
