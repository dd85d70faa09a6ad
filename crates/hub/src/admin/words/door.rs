//! The words of the door that keeps what was typed.

use super::Word;

words! {
    OVER "登录已过期" "Your session has ended";
    KEPT "您填写的内容都在，还没有提交。登录后从这里接着办理。" "All that you filled in is here and was not sent yet. Sign in, and it goes on from here.";
    GO_ON "登录并继续" "Sign in and go on";
    GIVE_UP "放弃填写的内容，重新登录" "Give up what was filled in, and sign in anew";
    TOO_LONG "这份表单太长，不能随登录页保留。请在新窗口登录，然后用浏览器的“后退”回到表单，再提交一次。" "This form is too long to be kept at the door. Sign in in another window, then come back to the form with your browser's back button and send it again.";
    FILE_NOT_SENT "文件“{}”没有上传：登录页不能保留文件。请在新窗口登录，然后用浏览器的“后退”回到刚才的页面，重新选择这个文件，再提交一次。" "The file “{}” was not uploaded: files are not kept at the door. Sign in in another window, then come back to the page with your browser's back button, choose this file again and send the form once more.";
    FORM_NOT_SENT "这份表单没有提交，不能随登录页保留。请在新窗口登录，然后用浏览器的“后退”回到刚才的页面，再提交一次。" "This form was not sent, and cannot be kept at the door. Sign in in another window, then come back to the page with your browser's back button and send it once more.";
    SIGN_ON_ELSEWHERE "在另一个窗口用单位统一登录" "Sign on by the office's provider in another window";
    CAME_IN_ELSEWHERE "已在另一个窗口登录，继续" "I have signed in in another window: go on";
    SIGN_IN_AND_SAVE "登录并保存" "Sign in and save";
    AWAY "连不上服务器，尚未保存；连上后会自动保存。" "The server cannot be reached: not saved yet, it will be as soon as it can be.";
}
