"""The desk's own mail server: a real one (exim), which takes what assay sends from loopback, looks up
where it goes in the world's DNS, queues, gives up with delivery statuses of its own, and puts what comes
back into a Maildir.

It needs a network namespace of root's: exim changes to a user of its own, which a user namespace of one
user has not."""

import os
import pwd
import shutil

# Where assay hands mail over, and it alone; and where the others bring it.
SUBMISSION = "127.0.0.25"
# Seconds between two tries, and until the server gives up: a day in short.
RETRY_S, GIVE_UP_S = 1, 12

CONF = """\
primary_hostname = mx.{host}
exim_user = {user}
exim_group = {user}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = <; {submission} ; {address}
daemon_smtp_ports = 25
tls_advertise_hosts =
keep_environment =
host_lookup =
rfc1413_hosts =
smtp_accept_max = 50
delay_warning = {warn}s
bounce_return_message = true
auto_thaw = 0s
ignore_bounce_errors_after = 1m
timeout_frozen_after = 1m
queue_only = false
remote_max_parallel = 8
acl_smtp_rcpt = recipients

begin acl
recipients:
  accept hosts = 127.0.0.0/8
  accept domains = {host}
         local_parts = {box}
  deny   message = no such mailbox here

begin routers
ours:
  driver = accept
  domains = {host}
  transport = box
others:
  driver = dnslookup
  domains = ! {host}
  transport = smtp
  no_more

begin transports
box:
  driver = appendfile
  directory = {folder}/mailbox
  maildir_format
  create_directory
  return_path_add
  user = {user}
smtp:
  driver = smtp
  interface = {address}
  connect_timeout = 3s
  command_timeout = 3s
  hosts_try_dane =
  tls_try_verify_hosts =

begin retry
* * F,{give_up}s,{retry}s
"""


def missing(namespace):
    """Why this machine cannot run it, or None."""
    if not namespace:
        return "a mail server needs a network namespace"
    if "--user" in namespace:
        return "exim needs a user of its own, which a user namespace does not have"
    if not shutil.which("exim4", path=os.environ.get("PATH", "") + ":/usr/sbin"):
        return "exim4 is not installed (package exim4-daemon-light)"
    return None


def user():
    """Who exim runs as: the user that its package made."""
    return "Debian-exim"


def write(plan, place, folder):
    """Settings and folders. Returns the daemon's arguments and what it listens on."""
    own = pwd.getpwnam(user())
    # It changes to its user and must still come to its folders; nobody can list this one.
    folder.parent.chmod(0o711)
    for part in (folder, folder / "spool", folder / "log", folder / "mailbox"):
        part.mkdir()
        os.chown(part, own.pw_uid, own.pw_gid)
    for part in ("new", "cur", "tmp"):
        (folder / "mailbox" / part).mkdir()
        os.chown(folder / "mailbox" / part, own.pw_uid, own.pw_gid)
    conf = folder.parent / "exim.conf"
    conf.write_text(CONF.format(user=user(), folder=folder, submission=SUBMISSION,
                                host=plan.mail["host"], box=plan.mail["box"], retry=RETRY_S,
                                address=place.address(plan.mail["address"]), warn=5,
                                give_up=GIVE_UP_S))
    conf.chmod(0o644)
    return (["/usr/sbin/exim4", "-C", conf, "-bdf", f"-q{RETRY_S}s"],
            [(plan.mail["address"], 25)])
