//! What a form has done.

use super::Word;

words! {
    DRAFT "草稿已保存。" "The draft is saved.";
    SHARED "共享名单已保存，勾选的同事可以一起写这份草稿。" "It is saved with whom the draft is shared: they can read it and write in it.";
    PICTURE "图片已添加。" "The picture is added.";
    PICTURE_REMOVED "图片已删除。" "The picture is removed.";
    NOTES "已记下：都核对过了。" "Noted: all of it was looked at.";
    AGAIN "新草稿已建好，文字来自上次公开的内容。" "The new draft is here, with the text that was public last.";
    IMPORTED "已从文件建立草稿。" "The draft is made of the file.";
    DISCARDED "草稿已丢弃。" "The draft is discarded.";
    COMMENT "意见已提交。" "The comment is sent.";
    COMMENT_MARKED "意见的状态已更新。" "The comment is marked.";
    COMMENT_REMOVED "意见已删除。" "The comment is erased.";
    REFERRED "草稿已保存，并已提请保密审查人放行。" "The draft is saved, and a confidentiality reviewer is asked to let it through.";
    DECLINED "没有放行，拟稿人会看到理由。" "It was not let through; its author reads the reason.";
    RELEASED "已发布。下面逐屏显示到达情况。" "Released. Below is how far it has come, display by display.";
    TEMPLATE "模板已保存。" "The template is kept.";
    TEMPLATE_RENAMED "模板已改名。" "The template has its new name.";
    TEMPLATE_DELETED "模板已删除。" "The template is deleted.";
    DISPLAY "屏幕设置已保存，屏幕随即照此播出。" "The display's setting is saved; the display follows at once.";
    RETIRED "屏幕已停用。" "The display is retired.";
    BLANKED "已下令全部黑场，各屏随即只显示待机画面。" "All displays are told to go blank.";
    UNBLANKED "已恢复播出。" "The programmes are back.";
    CHANNEL "频道已保存。" "The channel is saved.";
    ENTRY "目录项已保存。" "The entry is saved.";
    REMINDERS "邮件提醒已保存。" "The reminders are saved.";
    DEPARTMENT "处室已保存。" "The department is saved.";
    PERSON_ADDED "人员已添加。" "The person is added.";
    PERSON "人员信息已保存，密码没有变。" "The person's data is saved; the password stays as it was.";
    PERSON_PASSWORD "人员信息已保存，密码已更换：此人用新密码登录后，须先设置自己的密码。" "The person's data is saved. They sign in with the new password, and have to choose their own before anything else.";
    PASSWORD_EMPTY "留空则密码不变；填写则立即更换，至少 10 个字符" "empty: it stays as it is; filled in: it is changed at once, at least 10 characters";
    DISABLED "账户已停用，此人已退出登录。" "The account is disabled, and the person is signed out.";
    ENABLED "账户已启用。" "The account is enabled.";
    FACTOR_RESET "验证码已重置，此人须重新登录。" "The second factor is reset; they sign in anew.";
    LEFT "此人的个人信息已彻底删除。" "The person's data is erased for good.";
    POLICY "两步验证的规定已保存。" "It is saved who must have a second factor.";
    SUBSTITUTE "代理已保存。" "The substitute is named.";
    SUBSTITUTE_CANCELLED "代理已取消。" "The substitution is cancelled.";
    SUBSTITUTE_ENDED "代理已结束。" "The substitution has ended.";
    SITE "单位信息已保存。" "The office's profile is saved.";
    CHANGES_SEEN "已记下：您已知道这些变动，不再提示。" "Noted that you know of these changes; you are not told again.";
    SESSION_ENDED "已退出那一处登录。" "That sign-in has ended.";
    TOKEN_ENDED "令牌已撤销，程序不能再用它。" "The token is revoked: no program can use it any more.";
    PASSKEY_REMOVED "通行密钥已删除。" "The passkey is removed.";
}
