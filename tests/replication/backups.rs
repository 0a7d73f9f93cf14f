//! Backups: of one moment, whole or not there, and proven to be of use. Each way in which one can be
//! damaged or missing fails the check.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster::Cluster;
use crate::container::Outcome;
use crate::killed::{lines, stop_at};

#[test]
fn a_backup_of_a_replica_under_writes_can_be_restored() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    cluster.bring_up(1);
    cluster.query(
        "mysql-0",
        "CREATE DATABASE `odd ``name`; CREATE TABLE `odd ``name`.`a b` (id INT PRIMARY KEY, what TEXT, raw BLOB); \
         INSERT INTO `odd ``name`.`a b` VALUES (1, '한국어 🐬', X'00FF27'); \
         CREATE VIEW app.v AS SELECT id FROM app.t; \
         CREATE PROCEDURE app.p() SELECT 1; \
         CREATE TRIGGER app.made BEFORE INSERT ON app.t FOR EACH ROW SET NEW.id = NEW.id",
    );
    let writes = "CREATE TABLE app.many (id INT AUTO_INCREMENT PRIMARY KEY); \
        CREATE PROCEDURE app.write_many() BEGIN DECLARE n INT DEFAULT 0; \
        WHILE n < 100000 DO INSERT INTO app.many VALUES (); SET n = n + 1; END WHILE; END";
    // The client splits at semicolons unless told otherwise.
    cluster.query(
        "mysql-0",
        &format!("DELIMITER //\n{}//\nDELIMITER ;", writes.replacen("; CREATE PROC", "//\nCREATE PROC", 1)),
    );
    cluster.start_query("mysql-0", "CALL app.write_many()");

    let outcome = backup(&mut cluster);
    assert!(outcome.success && outcome.output.contains("tables from mysql-1.mysql"), "{}", outcome.output);
    let made = only(&cluster);
    let mut files: Vec<_> = fs::read_dir(&made).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["dump.sql.gz", "gtids", "rows", "sums"]);
    let rows = fs::read_to_string(made.join("rows")).unwrap();
    for table in ["`app`.`many`\t", "`app`.`t`\t1", "`mysql`.`user`\t", "`odd ``name`.`a b`\t1"] {
        assert!(rows.lines().any(|line| line.starts_with(table)), "{table}: {rows}");
    }
    let check = check(&mut cluster);
    assert!(check.success && check.output.contains("can be restored: 4 tables"), "{}", check.output);

    // Without a replica it is the primary's turn, while it is written to.
    cluster.delete("mysql-1");
    let outcome = backup(&mut cluster);
    assert!(outcome.success && outcome.output.contains("tables from mysql-0.mysql"), "{}", outcome.output);
    assert!(self::check(&mut cluster).success);
}

#[test]
fn what_is_wrong_with_a_backup_is_told() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    let nothing = check(&mut cluster);
    assert!(!nothing.success && nothing.output.contains("FAILED: there is no backup"), "{nothing:?}");
    let nobody = backup(&mut cluster);
    assert!(!nobody.success && nobody.output.contains("FAILED: no server to back up"), "{nobody:?}");

    cluster.bring_up(0);
    assert!(backup(&mut cluster).success);
    let made = only(&cluster);
    let aside = cluster.volumes.claim("aside").join("backup");
    let copy =
        |from: &Path, to: &Path| assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
    copy(&made, &aside);
    let again = || {
        fs::remove_dir_all(&made).unwrap();
        copy(&aside, &made);
    };

    // One bit.
    let dump = made.join("dump.sql.gz");
    let mut bytes = fs::read(&dump).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&dump, bytes).unwrap();
    fails(&mut cluster, "is damaged");

    // A row that is not in the dump, with sums that are right.
    again();
    let rows = fs::read_to_string(made.join("rows")).unwrap();
    fs::write(made.join("rows"), rows.replace("`app`.`t`\t1", "`app`.`t`\t2")).unwrap();
    seal(&made);
    fails(&mut cluster, "`app`.`t`: 2 rows when the backup was made, 1 restored");

    // A dump that ends early, with sums that are right.
    again();
    let cut = "gzip -dc dump.sql.gz | head -n 100 | gzip >cut && mv cut dump.sql.gz";
    assert!(Command::new("sh").args(["-c", cut]).current_dir(&made).status().unwrap().success());
    seal(&made);
    fails(&mut cluster, "FAILED");

    // An old one.
    again();
    fs::rename(&made, made.with_file_name("20200101T000000Z")).unwrap();
    fails(&mut cluster, "the newest backup is 20200101T000000Z");
}

#[test]
fn old_backups_go_and_the_last_ones_stay() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    let folder = cluster.volumes.claim("mysql-backups");
    let old: Vec<String> = (1..=9).map(|day| format!("2020010{day}T000000Z")).collect();
    for name in &old {
        fs::create_dir(folder.join(name)).unwrap();
    }
    assert!(Command::new("chown").args(["-R", "999:999"]).arg(&folder).status().unwrap().success());
    let outcome = backup(&mut cluster);
    assert!(outcome.success, "{}", outcome.output);
    let kept = backups(&cluster);
    // Seven, of which one is new.
    assert_eq!(kept[..6], old[3..], "{kept:?}");
    assert_eq!(kept.len(), 7, "{kept:?}");
}

#[test]
fn a_full_volume_makes_room_and_takes_the_next_backup() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    let folder = cluster.volumes.claim("mysql-backups");
    let _small = SmallVolume::mount(&folder, "29m");
    let old: Vec<String> = (1..=7).map(|day| format!("2020010{day}T000000Z")).collect();
    for name in &old {
        make(&folder, name, 4 << 20);
    }
    fill(&folder, 0);
    let outcome = backup(&mut cluster);
    assert!(outcome.success && outcome.output.contains("deleting 20200102T000000Z"), "{}", outcome.output);
    let kept = backups(&cluster);
    // The last one has 4 MiB: two of the others had to go.
    assert_eq!(kept[..5], old[2..], "{kept:?}");
    assert_eq!(kept.len(), 6, "{kept:?}");

    // A database that has grown by more than could be foreseen.
    make(&folder, "20990101T000000Z", 4096);
    fill(&folder, 2 << 20);
    cluster.query(
        "mysql-0",
        "CREATE TABLE app.large (id INT AUTO_INCREMENT PRIMARY KEY, what BLOB); \
         SET SESSION cte_max_recursion_depth = 3072; \
         INSERT INTO app.large (what) WITH RECURSIVE numbers AS \
         (SELECT 1 number UNION ALL SELECT number + 1 FROM numbers WHERE number < 3072) \
         SELECT RANDOM_BYTES(1024) FROM numbers",
    );
    let outcome = backup(&mut cluster);
    assert!(!outcome.success && outcome.output.contains("FAILED: mysqldump or gzip"), "{}", outcome.output);
    assert!(outcome.output.contains("deleting 20200103T000000Z"), "{}", outcome.output);
    let outcome = backup(&mut cluster);
    assert!(outcome.success, "{}", outcome.output);
    let kept = backups(&cluster);
    assert_eq!(kept[..4], old[3..], "{kept:?}");
    assert_eq!(kept.len(), 7, "{kept:?}");
}

#[test]
fn a_backup_that_is_killed_is_whole_or_not_there() {
    let Some(mut cluster) = Cluster::with_data() else { return };
    cluster.bring_up(0);
    let job = job(&mut cluster, "mysql-backup");
    let ended = |cluster: &mut Cluster| cluster.pod(&job).container("backup").ended() == Some(true);
    let lines = lines(&mut cluster, &job, "backup", &["backup.sh"], ended);
    assert!(lines.len() > 30, "{lines:?}");
    let folder = cluster.volumes.claim("mysql-backups");
    let empty = || {
        for name in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            fs::remove_dir_all(name).unwrap();
        }
    };
    empty();
    // Every other one, since each takes a dump.
    for line in lines.into_iter().step_by(2) {
        // A line of a loop that waits may not be needed this time.
        stop_at(&mut cluster, &job, "backup", &line);
        cluster.pod(&job).kill("backup");
        // With its final name it has to pass; without, it is not there for anybody.
        if let [name] = &backups(&cluster)[..] {
            let sums =
                Command::new("sha256sum").args(["-c", "--quiet", "sums"]).current_dir(folder.join(name)).status();
            assert!(sums.unwrap().success(), "killed at {line}, half a backup has the final name");
            empty();
        }
        // Nobody waits for a lock that a dead one holds.
        let write = cluster.try_query(
            "mysql-0",
            "SET SESSION lock_wait_timeout = 5; INSERT INTO app.t VALUES (9); DELETE FROM app.t WHERE id = 9",
        );
        assert!(write.success, "killed at {line}: {write:?}");
    }
    let outcome = cluster.run(&job, "backup");
    assert!(outcome.success, "{}", outcome.output);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

fn job(cluster: &mut Cluster, cron: &str) -> String {
    let object = cluster.manifests.get("CronJob", cron).clone();
    cluster.create_job(&object)
}

fn backup(cluster: &mut Cluster) -> Outcome {
    let job = job(cluster, "mysql-backup");
    cluster.run(&job, "backup")
}

fn check(cluster: &mut Cluster) -> Outcome {
    let job = job(cluster, "mysql-restore-check");
    cluster.run(&job, "restore-check")
}

fn fails(cluster: &mut Cluster, says: &str) {
    let outcome = check(cluster);
    assert!(!outcome.success && outcome.output.contains(says), "{says}: {}", outcome.output);
}

/// The names of the backups that there are, the oldest first.
fn backups(cluster: &Cluster) -> Vec<String> {
    let entries = fs::read_dir(cluster.volumes.claim("mysql-backups")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

fn only(cluster: &Cluster) -> PathBuf {
    let names = backups(cluster);
    assert_eq!(names.len(), 1, "{names:?}");
    cluster.volumes.claim("mysql-backups").join(&names[0])
}

/// A backup of so many bytes, of nothing.
fn make(folder: &Path, name: &str, bytes: usize) {
    fs::create_dir(folder.join(name)).unwrap();
    fs::write(folder.join(name).join("dump.sql.gz"), vec![0_u8; bytes]).unwrap();
    assert!(Command::new("chown").args(["-R", "999:999"]).arg(folder).status().unwrap().success());
}

/// Fills a volume until only so many bytes are left.
fn fill(folder: &Path, left: u64) {
    let mut other = fs::File::create(folder.join(".other")).unwrap();
    while other.write_all(&[0; 4096]).is_ok() {}
    let taken = other.metadata().unwrap().len();
    other.set_len(taken.checked_sub(left).unwrap()).unwrap();
}

/// A volume of its own size; dropping it gives it back.
struct SmallVolume(PathBuf);

impl SmallVolume {
    fn mount(folder: &Path, size: &str) -> Self {
        let options = format!("size={size},gid=999,mode=2775");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "backups"]).arg(folder).status();
        assert!(mounted.unwrap().success());
        Self(folder.to_owned())
    }
}

impl Drop for SmallVolume {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Makes the sums right again.
fn seal(made: &Path) {
    let sums = "sha256sum dump.sql.gz rows gtids >sums";
    assert!(Command::new("sh").args(["-c", sums]).current_dir(made).status().unwrap().success());
}
