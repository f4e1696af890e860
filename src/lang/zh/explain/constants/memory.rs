//! `src/xlat/memory.rs`.

use crate::lang::Translations;

pub(in crate::lang::zh) const MEMORY: Translations = &[
    ("Nothing.", "什么都没有。"),
    ("It may be read.", "可以读。"),
    ("It may be written.", "可以写入。"),
    ("It may be run.", "可以执行。"),
    ("Neither shared nor private, which is refused.", "既不共享也不私有，会被拒绝。"),
    ("Others see what is written.", "别人能看到写入的内容。"),
    ("Nobody else sees what is written.", "别人看不到写入的内容。"),
    ("Like MAP_SHARED, and unknown flags are refused.", "与 MAP_SHARED 相同，并且拒绝未知的标志。"),
    ("Exactly at that address, instead of what is there.", "正好在该地址，取代那里已有的内容。"),
    ("No file behind it: zeroes.", "背后没有文件：全是零。"),
    ("No room is reserved for it.", "不为它预留空间。"),
    ("Memory is taken at once, not when it is used.", "立即取得内存，而不是等到使用时。"),
    ("Grows downwards, as a stack does.", "像栈一样向下增长。"),
    ("Stays in memory.", "留在内存中。"),
    ("For a stack.", "用作栈。"),
    ("In large pages.", "使用大页。"),
    ("Exactly at that address, or not at all.", "正好在该地址，否则失败。"),
    ("It is needed soon.", "很快需要它。"),
    ("It is not needed; what is in it is lost.", "不需要它；其中的内容会丢失。"),
    ("It may be taken away when memory is short.", "内存不足时可以收回它。"),
    ("Large pages are welcome.", "欢迎使用大页。"),
    ("No large pages.", "不使用大页。"),
    ("It may move where it does not fit.", "放不下时它可以移动。"),
    ("It moves to the address that is given.", "它移到给定的地址。"),
    ("The old place stays mapped, empty.", "旧位置仍然映射，内容为空。"),
    ("It may be sealed against changes.", "可以封住它，使它不能再改动。"),
];
