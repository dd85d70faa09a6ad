//! Pictures for the play loop: read, checked, decoded and scaled away from the frame, and the newest few kept.

use crate::agent::Input;
use crate::replica::Media;
use heliograph_domain::{ContentHash, Document};
use heliograph_picture::{Limits, Picture, decode};
use heliograph_scene::Documents;
use heliograph_wire::ContentPayload;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Scaled pictures are kept up to so many bytes together, and two in any case: the one on the panel and the next.
const KEPT_BYTES: usize = 16 << 20;

/// A picture at a size.
type Key = (ContentHash, (u32, u32));

/// See the module. Clones share everything.
#[derive(Clone)]
pub(crate) struct Gallery {
    inner: Arc<Inner>,
}

struct Inner {
    media: Arc<dyn Media>,
    tell: Box<dyn Fn(Input) + Send + Sync>,
    wake: Box<dyn Fn() + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: VecDeque<(Key, Arc<Picture>)>,
    /// Pictures that this program cannot decode: they are shown in words.
    hopeless: BTreeSet<ContentHash>,
    /// One is decoded at a time, so that the memory for it is needed once.
    busy: bool,
    /// Rises when pictures came that were asked for.
    generation: u64,
}

impl Gallery {
    /// Pictures of `media`. `wake` is called when one that was asked for is ready, `tell` when its file is no good.
    pub(crate) fn new(
        media: Arc<dyn Media>,
        tell: Box<dyn Fn(Input) + Send + Sync>,
        wake: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        let state = Mutex::default();
        Self {
            inner: Arc::new(Inner {
                media,
                tell,
                wake,
                state,
            }),
        }
    }

    /// Rises when a frame that was drawn without a picture may now have it.
    pub(crate) fn generation(&self) -> u64 {
        self.inner.state().generation
    }

    /// The picture, if it is ready; else it is made ready.
    pub(crate) fn picture(&self, key: Key) -> Option<Arc<Picture>> {
        let mut state = self.inner.state();
        if let Some(at) = state.kept.iter().position(|(known, _)| *known == key) {
            // What was used last goes last.
            let found = state.kept.remove(at)?;
            let picture = Arc::clone(&found.1);
            state.kept.push_front(found);
            return Some(picture);
        }
        if state.busy || state.hopeless.contains(&key.0) {
            return None;
        }
        state.busy = true;
        drop(state);
        let inner = Arc::clone(&self.inner);
        let thread = std::thread::Builder::new().name("picture".to_owned());
        if let Err(error) = thread.spawn(move || inner.prepare(key)) {
            tracing::error!(%error, "no thread for a picture; trying again");
            self.inner.state().busy = false;
        }
        None
    }
}

/// Why a picture is not ready.
enum Failed {
    /// Its file is gone or damaged.
    Lost,
    /// It cannot be decoded.
    Hopeless(String),
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn prepare(&self, key: Key) {
        let made = catch_unwind(AssertUnwindSafe(|| self.made(key)));
        let made = made.unwrap_or_else(|_| Err(Failed::Hopeless("the decoder failed".to_owned())));
        let mut state = self.state();
        state.busy = false;
        state.generation += 1;
        match made {
            Ok(picture) => state.keep(key, picture),
            Err(Failed::Lost) => (self.tell)(Input::MediaLost(key.0)),
            Err(Failed::Hopeless(why)) => {
                tracing::error!(content = %key.0, why, "a picture cannot be shown; its words are");
                if state.hopeless.len() > 1000 {
                    state.hopeless.clear();
                }
                state.hopeless.insert(key.0);
            }
        }
        drop(state);
        (self.wake)();
    }

    fn made(&self, (hash, (width_px, height_px)): Key) -> Result<Picture, Failed> {
        let file = self.media.read(&hash).ok_or(Failed::Lost)?;
        let object = ContentPayload::from_bytes(&file).map_err(|_| Failed::Lost)?;
        drop(file);
        if object.hash() != hash {
            return Err(Failed::Lost);
        }
        let picture = decode(&object.bytes, &Limits::CLEAN).map_err(|error| Failed::Hopeless(error.to_string()))?;
        drop(object);
        Ok(picture.scaled(width_px, height_px))
    }
}

impl State {
    fn keep(&mut self, key: Key, picture: Picture) {
        self.kept.push_front((key, Arc::new(picture)));
        let mut bytes = 0;
        let within = self.kept.iter().take_while(|(_, picture)| {
            bytes += picture.rgb().len();
            bytes <= KEPT_BYTES
        });
        let count = within.count().max(2);
        self.kept.truncate(count);
    }
}

/// What the scene draws from: the documents at hand, and the pictures whose files are here.
pub(crate) struct OnHand<'s> {
    pub(crate) documents: &'s HashMap<ContentHash, Arc<Document>>,
    pub(crate) media: &'s BTreeSet<ContentHash>,
    pub(crate) gallery: Option<&'s Gallery>,
}

impl Documents for OnHand<'_> {
    fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.documents.get(hash).map(|document| &**document)
    }

    fn picture(&self, hash: &ContentHash, size_px: (u32, u32)) -> Option<Arc<Picture>> {
        let gallery = self.gallery.filter(|_| self.media.contains(hash))?;
        gallery.picture((*hash, size_px))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::{Change, MemoryReplica, Replica};
    use heliograph_picture::{Format, clean};
    use std::sync::mpsc::{Receiver, channel};

    /// A picture's payload as a hub sends it.
    fn payload(shade: u8) -> (ContentHash, Vec<u8>) {
        let picture = Picture::new(30, 20, vec![shade; 1800]).unwrap();
        let object = ContentPayload {
            salt: [shade; 16],
            bytes: clean(&picture, Format::Png).unwrap().bytes,
        };
        (object.hash(), object.to_bytes())
    }

    /// A gallery of these files; what it tells, and a bell that rings when something is ready.
    fn gallery(files: &[(ContentHash, Vec<u8>)]) -> (Gallery, Receiver<Input>, Receiver<()>) {
        let mut replica = MemoryReplica::new();
        let changes = files
            .iter()
            .map(|(hash, file)| Change::Media(*hash, Some(file.as_slice().into())));
        replica.apply(&changes.collect::<Vec<_>>()).unwrap();
        let ((told, heard), (ring, bell)) = (channel(), channel());
        let tell = Box::new(move |input| told.send(input).unwrap());
        let gallery = Gallery::new(replica.media(), tell, Box::new(move || ring.send(()).unwrap()));
        (gallery, heard, bell)
    }

    #[test]
    fn a_picture_is_made_ready_away_from_the_frame_and_then_at_hand() {
        let (hash, file) = payload(40);
        let (gallery, _, bell) = gallery(&[(hash, file)]);
        let before = gallery.generation();
        assert!(gallery.picture((hash, (60, 40))).is_none(), "the frame does not wait");
        bell.recv().unwrap();
        let ready = gallery.picture((hash, (60, 40))).unwrap();
        assert_eq!((ready.width_px(), ready.height_px(), ready.rgb()[0]), (60, 40, 40));
        assert!(gallery.generation() > before);
    }

    #[test]
    fn a_file_that_is_not_its_hash_is_told_and_one_that_cannot_be_decoded_is_not_tried_again() {
        let ((right, file), (other, _)) = (payload(1), payload(2));
        let nonsense = ContentPayload {
            salt: [9; 16],
            bytes: b"\x89PNG\r\n\x1a\nnonsense".to_vec(),
        };
        let files = [
            (other, file.clone()),
            (nonsense.hash(), nonsense.to_bytes()),
            (right, file),
        ];
        let (gallery, heard, bell) = gallery(&files);
        let ask = |hash| {
            assert!(gallery.picture((hash, (3, 2))).is_none());
            bell.recv().unwrap();
        };
        ask(other);
        assert!(matches!(heard.try_recv(), Ok(Input::MediaLost(hash)) if hash == other));
        ask(nonsense.hash());
        assert!(heard.try_recv().is_err(), "fetching it anew would not help");
        assert!(gallery.picture((nonsense.hash(), (3, 2))).is_none());
        // The control: nothing is under way, so the right one is made ready now.
        ask(right);
        assert!(gallery.picture((right, (3, 2))).is_some());
    }

    #[test]
    fn what_is_kept_is_bounded_in_bytes() {
        let mut state = State::default();
        for n in 0..40 {
            let picture = Picture::new(1000, 1000, vec![n; 3_000_000]).unwrap();
            state.keep((ContentHash([n; 32]), (1000, 1000)), picture);
        }
        assert_eq!(state.kept.len(), KEPT_BYTES / 3_000_000);
        assert_eq!(state.kept[0].0.0, ContentHash([39; 32]), "the newest first");
    }
}
