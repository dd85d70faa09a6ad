//! The words of drafts that several people write, in Chinese and English.

use super::Word;

words! {
    TOGETHER "共同拟稿" "Writing together";
    TOGETHER_HINT "勾选的同事可以打开并修改这份草稿；送审、共享和删除由您办理。修改过内容的人与拟稿人一样，不能再审查或审批它。" "Those ticked can open and change this draft; handing in, sharing and discarding are yours. Whoever changes the text is its author, too, and cannot review or approve it.";
    SHARE "保存共享名单" "Save who it is shared with";
    SHARED_BY "{} 共享" "shared by {}";
    SHARED_WITH_YOU "{} 把这份草稿共享给您。您可以修改，送审由拟稿人办理。您一旦修改，就不能再审查或审批它。" "{} shares this draft with you. You can change it; its author hands it in. Once you change it, you cannot review or approve it.";
    CONTRIBUTED "修改过的人：{}" "Changed by: {}";
    NOBODY_TO_SHARE "还没有其他拟稿人。" "There is nobody else who writes drafts yet.";
    EVENT_CONTRIBUTORS "共同拟稿人" "Written together with";
    ALSO_CHANGED "{} 同时改了：{}。两人的修改都已保留。" "{} also changed: {}. Both changes are kept.";
    YOU_ALSO_CHANGED "您在另一个窗口改了：{}。两处修改都已保留。" "You also changed in another window: {}. Both changes are kept.";
    BEHIND "光标离开这一栏后显示。" "They show once you leave this field.";
    DOUBLED "两人都改了“{}”中的同几条，两种都保留了：请删去不要的。" "Both changed the same entries of “{}”, and both forms were kept: remove those that you do not want.";
    NOT_SENT_YET "还没有送审：请看一遍再送审。" "It is not handed in yet: look it over, then submit it.";
    WAITS_TO_CHOOSE "{} 也改了同一处：点“保存草稿”查看两种写法并选择" "{} changed the same place: press “Save draft” to see both and choose";
    CLASH "{} 也改了这里，请选择保留哪一种" "{} changed this place, too: choose which form stays";
    CLASH_YOU "您在另一个窗口也改了这里，请选择保留哪一种" "You changed this place in another window, too: choose which form stays";
    CHOOSE_MINE "用上面输入框里的（我的，可以再改）" "What stands in the field above (mine; you can still change it)";
    CHOOSE_THEIRS "用已保存的" "What is saved";
    CHOOSE_BOTH "两种都保留，先我的，后已保存的" "Keep both: mine first, then what is saved";
    CHOOSE_FIRST "请在标出的地方各选一种写法，再保存。您输入的内容都在，尚未保存。" "Choose one form at each place that is marked, then save. All that you typed is here, and not saved yet.";
}
