use super::*;
use heliograph_wire::{Admitted, Refusal, Stamp, Topic, Trust, seal};
use std::fs;
use std::os::unix::fs::PermissionsExt;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn folder(name: &str) -> Folder {
    Folder(std::env::temp_dir().join(format!("heliograph-keys-{name}-{}", std::process::id())))
}

fn site() -> SiteName {
    "binhe".parse().unwrap()
}

fn open(folder: &Folder) -> Result<(Keys, RoleKeys), KeysError> {
    Keys::open(&folder.0, &site(), Instant(9))
}

#[test]
fn keys_are_made_once_and_found_again() {
    let folder = folder("once");
    let (first, roles) = Keys::open(&folder.0, &site(), Instant(1)).unwrap();
    let (again, same) = Keys::open(&folder.0, &site(), Instant(2)).unwrap();
    assert_eq!(
        (first.root, &first.trust, roles.epoch),
        (again.root, &again.trust, same.epoch)
    );
    let other = Keys::open(&folder.0, &"other".parse().unwrap(), Instant(3));
    assert!(matches!(other, Err(KeysError::Trust(_))));
    let path = folder.0.join("keys/release.key");
    fs::write(&path, "short").unwrap();
    assert!(matches!(open(&folder), Err(KeysError::NotAKey(_))));
    fs::write(&path, "ab".repeat(32)).unwrap();
    assert!(matches!(open(&folder), Err(KeysError::Untrusted(_))));
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let folder = folder("mode");
    let _ = open(&folder).unwrap();
    for name in ["release", "heartbeat", "command", "ledger", "checkpoint"] {
        let path = folder.0.join(format!("keys/{name}.key"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = open(&folder).err().unwrap();
        assert!(error.to_string().contains("chmod 600"), "{name}: {error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(open(&folder).is_ok(), "the control: {name}");
    }
}

#[test]
fn a_new_epoch_has_new_keys_under_the_same_root_which_may_be_elsewhere() {
    let folder = folder("epoch");
    let (first, old) = open(&folder).unwrap();
    assert!(first.root_here.is_some());
    let safe = folder.0.join("safe.key");
    fs::rename(folder.0.join("keys/root.key"), &safe).unwrap();
    assert!(open(&folder).unwrap().0.root_here.is_none());
    assert!(matches!(
        new_epoch(&folder.0, None, Instant(3)),
        Err(KeysError::NoRoot(_))
    ));
    let foreign = new_epoch(&folder.0, Some(&folder.0.join("keys/release.key")), Instant(3));
    assert!(matches!(foreign, Err(KeysError::ForeignRoot(_))));
    assert_eq!(new_epoch(&folder.0, Some(&safe), Instant(3)).unwrap(), 2);
    let (second, new) = open(&folder).unwrap();
    assert_eq!((second.root, new.epoch), (first.root, 2));
    assert_ne!(new.release.public(), old.release.public());
    assert!(!folder.0.join("keys/root.key").exists(), "no other root is made");
}

#[test]
fn keys_are_made_ahead_with_the_root_elsewhere_and_never_over_others() {
    let folder = folder("init");
    fs::create_dir_all(&folder.0).unwrap();
    let out = folder.0.join("stick.key");
    let made = init(&folder.0, &site(), Some(&out), Instant(1)).unwrap();
    assert_eq!(made.root_file, out);
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let (keys, _) = open(&folder).unwrap();
    assert_eq!((keys.root, keys.root_here), (made.root, None));
    assert_eq!(fingerprint(&made.root).len(), 71);
    let again = init(&folder.0, &site(), None, Instant(2));
    assert!(matches!(again, Err(KeysError::AlreadyMade(_))));
    let elsewhere = self::folder("init-occupied");
    fs::create_dir_all(&elsewhere.0).unwrap();
    let occupied = init(&elsewhere.0, &site(), Some(&out), Instant(2));
    assert!(matches!(occupied, Err(KeysError::Occupied(_))));
}

/// What a display does that was away: the steps in turn, then the newest document.
fn follows(trust: &mut Trust, keys: &Keys) -> Vec<Result<Admitted, Refusal>> {
    let steps = keys
        .steps
        .iter()
        .map(|(serial, step)| (Topic::TrustStep(*serial), step));
    let all = steps.chain([(Topic::Trust, &keys.trust)]);
    all.map(|(topic, payload)| trust.admit(&topic, payload)).collect()
}

#[test]
fn a_root_that_changed_twice_is_followed_step_by_step_and_epochs_go_on_under_the_newest() {
    let folder = folder("rotate");
    let (first, roles) = open(&folder).unwrap();
    let mut away = Trust::new(site(), first.root);
    assert!(away.admit(&Topic::Trust, &first.trust).is_ok());
    let out = folder.0.join("second.key");
    let once = rotate_root(&folder.0, None, Some(&out), Instant(2)).unwrap();
    assert_eq!((once.serial, &once.root_file), (2, &out));
    let old_root = rotate_root(&folder.0, Some(&folder.0.join("keys/root.key")), None, Instant(3));
    assert!(matches!(old_root, Err(KeysError::ForeignRoot(_))), "it holds no more");
    let twice = rotate_root(&folder.0, Some(&out), None, Instant(3)).unwrap();
    assert_eq!(twice.serial, 4);
    assert_eq!(new_epoch(&folder.0, None, Instant(4)).unwrap(), 2);
    let (newest, fresh) = open(&folder).unwrap();
    assert_eq!((newest.root, fresh.epoch, newest.steps.len()), (twice.root, 2, 2));

    let mut hasty = away.clone();
    assert!(
        hasty.admit(&Topic::Trust, &newest.trust).is_err(),
        "the control: not without the steps"
    );
    assert!(follows(&mut away, &newest).iter().all(Result::is_ok));
    // One that is enrolled today needs no steps, and one that knows nothing but the first root takes them all.
    let mut late = Trust::new(site(), newest.root);
    assert!(late.admit(&Topic::Trust, &newest.trust).is_ok());
    assert!(
        follows(&mut Trust::new(site(), first.root), &newest)
            .iter()
            .all(Result::is_ok)
    );

    // What the first release key signs now is of an epoch that no document names any more.
    let stamp = Stamp {
        epoch: 1,
        version: u64::MAX,
        issued_at: Instant(5),
    };
    let stolen = seal(&roles.release, &site(), &Topic::Site, stamp, &[1, 1, 0]);
    assert!(matches!(away.admit(&Topic::Site, &stolen), Err(Refusal::UnknownKey(_))));
    let own = seal(
        &fresh.release,
        &site(),
        &Topic::Site,
        Stamp { epoch: 2, ..stamp },
        &[1, 1, 0],
    );
    assert!(away.admit(&Topic::Site, &own).is_ok(), "the control");
}

#[test]
fn a_rotation_that_was_broken_off_leaves_the_old_root_and_can_be_done_again() {
    let folder = folder("broken-off");
    let (first, _) = open(&folder).unwrap();
    let trust = fs::read(folder.0.join("keys/trust")).unwrap();
    rotate_root(&folder.0, None, None, Instant(2)).unwrap();
    // The power went before the last document was written.
    fs::write(folder.0.join("keys/trust"), &trust).unwrap();
    let (still, _) = open(&folder).unwrap();
    assert_eq!((still.root, still.steps.len()), (first.root, 0));
    let occupied = rotate_root(&folder.0, None, None, Instant(3));
    assert!(
        matches!(occupied, Err(KeysError::Occupied(_))),
        "no key is written over"
    );
    let again = rotate_root(&folder.0, None, Some(&folder.0.join("new.key")), Instant(3)).unwrap();
    assert_eq!(open(&folder).unwrap().0.root, again.root);
    // A step that somebody else put there leads nowhere.
    fs::write(folder.0.join("keys/trust-2"), &trust).unwrap();
    assert!(matches!(open(&folder), Err(KeysError::Trust(_))));
}
