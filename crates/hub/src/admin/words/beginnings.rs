//! The words of drafts that begin from something: templates, last year's text, files. In Chinese and English.

use super::Word;

words! {
    OR_BEGIN_FROM "或者从已有的内容开始" "Or begin from something that you have";
    FROM_FILE "从文件导入" "Import a file";
    FROM_FILE_WHAT "Word 文档（.docx）成为一份草稿；电子表格（.xlsx）或 CSV 的每一行成为一份草稿，或成为清单中的一项。" "A Word document (.docx) becomes a draft; each row of a spreadsheet (.xlsx) or of a CSV becomes a draft, or an entry of a list.";
    FROM_FORMER "再发一条旧信息" "Publish something again";
    FROM_FORMER_WHAT "找到公开过的那一条，打开后在右栏“以此为基础”中选“再发一次”：文字和图片带过来，日期按年顺延。" "Find what was published, open it and choose “Publish again” under “Begin from it”: its text and pictures come over, its dates move by years.";
    ANOTHER_FILE_INSTEAD "换一个文件" "Another file instead";
    FROM_TEMPLATE "从模板开始" "Begin from a template";
    TEMPLATES "模板" "Templates";
    TEMPLATES_WHAT "常用的文字，起草时直接套用。可以从草稿或发布过的信息存为模板；图片不随模板保存。" "Texts to begin from. Keep one from a draft, or from what was published; pictures are not kept with it.";
    NO_TEMPLATES "还没有模板。打开一份草稿，或一条发布过的信息，选“存为模板”。" "There are no templates yet. Open a draft, or something that was published, and choose “Keep as a template”.";
    LOOK_AFTER_TEMPLATES "管理模板" "Look after templates";
    KEEP_AS_TEMPLATE "存为模板" "Keep as a template";
    KEEP_AS_TEMPLATE_WHAT "所有拟稿人都能看到并使用模板中的文字。" "Everybody who writes drafts sees and uses the text of a template.";
    TEMPLATE_NAME "模板名称" "Name of the template";
    TEMPLATE_BY "{} 于 {} 保存" "kept by {}, {}";
    USE_IT "套用" "Use";
    RENAME "改名" "Rename";
    DELETE "删除" "Delete";
    DELETE_WHAT "模板中的文字将被彻底删除；用它写的草稿和信息不受影响。" "The template's text is erased for good; what was written from it stays.";
    AGAIN "再发一次（按年顺延）" "Publish again, for another year";
    AGAIN_WHAT "以这条信息的文字、目录项和图片新建草稿；确定无疑的日期按年顺延（往年的改到今年，今年的改到明年）；播出的起止也按年顺延。各处日期逐一列出，改了的和没有改的都请核对。" "Makes a new draft with its text, catalogue entry and pictures; dates that are unmistakable move to this year, those of this year to the next, and so do the times it was shown; every date is listed, moved or not, for you to look at.";
    AGAIN_DO "新建草稿" "Make the draft";
    BEGIN_FROM_IT "以此为基础" "Begin from it";
    NOTES "请核对" "Please look at these";
    NOTES_WHAT "以下各处由系统改动，或者没有改、没有导入。请逐一核对，之后送审。" "These places were changed by the program, left as they were, or not taken over. Look at each before you submit.";
    NOTES_DONE "已核对" "I have looked at them";
    LOOKED_SUBMIT "都已核对，提交送审" "I have looked at all of them: submit";
    UNLOOKED_SUBMIT "没有核对，仍要送审" "Submit without that";
    LOOKED_REFER "都已核对，提请放行" "I have looked at all of them: ask";
    UNLOOKED_REFER "没有核对，仍要提请放行" "Ask without that";
    UNLOOKED_WHAT "不核对也可以送审，审查人会看到这份清单。" "You may hand it in without that: the reviewer then sees the list.";
    NOTES_LEFT "拟稿人没有核对的地方" "What the author did not look at";
    NOTES_LEFT_WHAT "以下各处由系统改动，或者没有改、没有导入，拟稿人送审时没有确认核对过，请留意。" "These places were changed by the program, left as they were, or not taken over, and the author did not say that they looked at them: mind them.";
    IMPORT_WHAT_FILE "文件" "File";
    IMPORT_FILE_HINT "以内容为准；旧格式 .doc、.xls、.wps、.et 请先另存为 .docx 或 .xlsx" "told by its content; save the old .doc, .xls, .wps and .et as .docx or .xlsx first";
    IMPORT_KIND "成为哪一类" "What it becomes";
    IMPORT_GO "导入" "Import";
    COLUMNS "每一列是什么" "What each column is";
    COLUMNS_WHAT "第一行作为列名。认得出的列已经对应，请核对；认不出的请自己选；选“不导入”的列不会进入草稿。" "The first row names the columns. Those whose names are known were matched: look at them, and choose for the others; what you leave out is in no draft.";
    LEAVE_OUT "不导入" "Leave out";
    N_ROWS_DRAFTS "共 {} 行，将成为 {} 份草稿" "{} rows, which become {} drafts";
    N_ROWS_ENTRIES "共 {} 行，将成为一份草稿中的 {} 项" "{} rows, which become {} entries of one draft";
    MAKE_DRAFTS "建立草稿" "Make the drafts";
    EXAMPLE "例" "Example";
    MADE_N "已建立 {} 份草稿" "{} drafts were made";
    ANOTHER_FILE "再导入一个文件" "Import another file";
}
