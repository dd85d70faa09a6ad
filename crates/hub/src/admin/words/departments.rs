//! The words of the departments' page.

use super::Word;

words! {
    DEPARTMENTS_WHAT "处室的名称出现在公开信息、人员和会审中。标识一经使用就不再改变，名称可以改。" "Departments are named in publications, with staff and in countersignatures. An id stays once it is used; a name may change.";
    DEPARTMENT_ID "标识" "Id";
    PEOPLE_IN_IT "人员" "People";
    ENTRIES_IN_IT "公开目录项" "Catalogue entries";
    NOBODY_IN_IT "暂无人员" "nobody";
    NO_NAME_YET "尚无名称" "no name yet";
    NO_DEPARTMENTS "还没有处室。" "There are no departments yet.";
    ADD_DEPARTMENT "添加处室" "Add a department";
    RENAME_DEPARTMENT "修改处室名称" "Rename a department";
    NEEDS_PROFILE "请先填写单位信息，再添加处室。" "Describe the office first; then add departments.";
}
