//! The allocator of a policy: it hands memory out and takes back only what it handed out last.
//!
//! An instance lives for one review and then goes as a whole, so that to free what it used, string by
//! string, would be work for nothing. The host's limit on memory holds all the same.
#![allow(unsafe_code, reason = "an allocator deals in raw memory")]

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::cell::Cell;
use std::ptr;

/// The size of a page, by WebAssembly's specification.
const PAGE: usize = 64 << 10;

unsafe extern "C" {
    /// Where the heap begins: the linker puts it behind the stack and the static data.
    static __heap_base: u8;
}

struct Bump {
    /// Where the next piece may begin; 0 before the first.
    next: Cell<usize>,
}

// SAFETY: a component has one thread.
unsafe impl Sync for Bump {}

#[global_allocator]
static ALLOCATOR: Bump = Bump { next: Cell::new(0) };

impl Bump {
    /// Moves the end of what is used; false if the host grants no more memory.
    fn end_at(&self, end: usize) -> bool {
        let have = memory_size::<0>() * PAGE;
        if end > have && memory_grow::<0>((end - have).div_ceil(PAGE)) == usize::MAX {
            return false;
        }
        self.next.set(end);
        true
    }
}

// SAFETY: pieces do not overlap, since each begins where the one before it ends, and are within the
// memory, which `end_at` sees to.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let next = if self.next.get() == 0 { (&raw const __heap_base).addr() } else { self.next.get() };
        let Some(start) = next.checked_next_multiple_of(layout.align()) else { return ptr::null_mut() };
        let Some(end) = start.checked_add(layout.size()) else { return ptr::null_mut() };
        if self.end_at(end) { ptr::with_exposed_provenance_mut(start) } else { ptr::null_mut() }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if piece.addr() + layout.size() == self.next.get() {
            self.next.set(piece.addr());
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let is_last = piece.addr() + layout.size() == self.next.get();
        match piece.addr().checked_add(size) {
            // What grows is most often what came last: it grows where it is.
            Some(end) if is_last => return if self.end_at(end) { piece } else { ptr::null_mut() },
            Some(_) if size <= layout.size() => return piece,
            Some(_) => {}
            None => return ptr::null_mut(),
        }
        // SAFETY: the layout is that of the piece with another size, which the caller vouches for.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(piece, new, layout.size());
            }
            new
        }
    }
}
