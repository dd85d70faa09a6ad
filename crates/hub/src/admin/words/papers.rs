//! The words of files for the public page, in Chinese and English.

use super::Word;

words! {
    PICTURES_AND_FILES "图片与公开附件" "Pictures and files";
    FILES "公开附件" "Files for the public page";
    FILES_HINT "PDF 可以“仅作为附件”：原样放在公开页面供下载，屏幕不显示，也不保存。每个不超过 32 MiB、100 页，最多 5 个；不得加密，不得含脚本或内嵌文件。审查和审批时请打开核对。" "A PDF can be “a file only”: the public page offers it as it is; displays neither show nor hold it. Each 32 MiB and 100 pages at most, 5 in all; not encrypted, without scripts or embedded files. Whoever reviews opens it.";
    FILES_TO_READ "公开附件不在屏幕上显示，请下载后逐页核对。" "Displays do not show these files: download and read them page by page.";
    PDF_BECOMES "PDF 文件" "A PDF is";
    AS_PICTURES "显示为图片（每页一张，在大屏上播放）" "shown on displays as pictures, one for each page";
    AS_FILE "仅作为附件供公开页面下载（屏幕不显示）" "a file for the public page alone, not shown on displays";
    REMOVE_FILE "删除附件" "Remove the file";
    FILE_NEW "新增" "New";
    FILE_GONE "已删去" "Taken out";
    FILE_RENAMED "名称有改动" "Its name changed";
    FILE_REPLACED "已替换为新文件" "Another file under this name";
    NO_FILES "没有公开附件" "No files for the public page";
    PAGE_WORDS "文字页" "text of page";
    READING "图中文字" "words in the picture";
    NOT_READ "机器没有识读图中文字，请亲自打开逐字查看" "no machine read the words in it: open it and read them yourself";
    NAMED "{}“{}”" "{} “{}”";
}
