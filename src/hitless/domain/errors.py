"""Every error a user can meet, in one tree.

    HitlessError
    ├── UsageError                     exit 2   a command was called in a way it cannot serve
    ├── ConfigError                    exit 2   hitless.yaml or compose.yml cannot be used
    │   ├── ConfigMissing              E101
    │   ├── ConfigInvalid              E102
    │   ├── ComposeUnresolved          E103
    │   ├── StackUnsuitable            E104
    │   ├── DocumentInvalid            E105
    │   ├── NoComposeFile              E250
    │   ├── NothingToRelease           E251
    │   ├── AlreadyDescribed           E252
    │   ├── NotExportable              E270
    │   ├── NotOurs                    E271
    │   └── CannotRehearse             E262
    ├── HostError                      exit 1   the machine is not ready
    │   ├── EngineUnreachable          E301
    │   ├── EngineForbidden            E302
    │   ├── EngineFailed               E303
    │   ├── ImageMissing               E304
    │   ├── PortTaken                  E305
    │   ├── AddressesTaken             E306
    │   ├── DiskFull                   E307
    │   ├── CommandFailed              E308
    │   ├── ToolMissing                E309
    │   ├── ProberDied                 E310
    │   ├── ProcessForbidden           E311
    │   ├── HostUnreachable            E312
    │   ├── MemoryShort                E313
    │   ├── ConnectionsShort           E314
    │   ├── NotWritten                 E315
    │   └── FlagsUnwritable            E320
    ├── StateError                     exit 1   what is recorded does not allow the wish
    │   ├── NothingDeployed            E401
    │   ├── ReleaseUnknown             E402
    │   ├── NoRollbackTarget           E403
    │   ├── StateDamaged               E404
    │   ├── RunElsewhere               E405
    │   ├── StateBusy                  E406
    │   ├── JournalBroken              E407
    │   ├── RunDied                    E408
    │   ├── TreeNotClean               E409
    │   ├── NoCanary                   E221
    │   ├── EdgeTooOld                 E241
    │   ├── CannotAdopt                E242
    │   └── NothingToRehearse          E261
    ├── NotDelivered                   exit 1   a notice was not taken (E240)
    ├── RehearsalFailed                exit 1   a request failed in a rehearsal (E260)
    ├── Locked                         exit 75  another deploy holds the lock (E410)
    ├── Frozen                         exit 75  nobody may deploy for a time (E411)
    ├── Overtaken                      exit 75  a newer deploy waits or has run (E412)
    ├── Superseded                     exit 75  this process no longer holds the lock (E413)
    ├── Interrupted                    exit 130 the user asked to stop (E130)
    └── DeployFailed                   exit 20  the old release is serving
        ├── NotHealthy                 E201
        ├── SmokeFailed                E202
        ├── MigrationFailed            E203
        ├── WorkersNotReady            E204
        ├── EdgeRefused                E205
        ├── CutoverUnconfirmed         E206     exit 21, the flag had been moved
        ├── TrafficBad                 E207     exit 21, rolled back after the cutover
        ├── RequestFailed              E208     exit 21, a request failed though none may
        ├── HookFailed                 E209     exit 20, before anything was changed
        ├── AssetsRefused              E222
        ├── HumanNeeded                E220     exit 22, the exact command is printed
        ├── QueueNotQuiet              E230     exit 20
        ├── QueueUnknown               E231     exit 20
        └── SchemaMovedOn              E232     exit 20

A message is lower case, names the object and the value, and has no final stop.
A hint is one sentence with the exact command that helps next.
"""

from __future__ import annotations

import errno
from typing import ClassVar


class HitlessError(Exception):
    """Base of all expected errors.

    Attributes:
        message: What happened, to which object, with which value.
        hint: The next command, as one sentence; empty when there is none.
        details: Further lines (a log's tail, a list of problems), shown indented.
    """

    code: ClassVar[str] = "E000"
    exit_status: int = 1

    def __init__(self, message: str, hint: str = "", details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class UsageError(HitlessError):
    """A command was called in a way it cannot serve."""

    code = "E001"
    exit_status = 2


class ConfigError(HitlessError):
    """The files a user wrote cannot be used."""

    code = "E100"
    exit_status = 2


class ConfigMissing(ConfigError):
    """There is no hitless.yaml, or a file it names is absent."""

    code = "E101"


class ConfigInvalid(ConfigError):
    """hitless.yaml has mistakes; ``details`` lists all of them as ``file:line: text``."""

    code = "E102"


class ComposeUnresolved(ConfigError):
    """Docker Compose itself refuses the project's files."""

    code = "E103"


class StackUnsuitable(ConfigError):
    """The stack resolves but cannot run in two slots, or a service has no role."""

    code = "E104"


class DocumentInvalid(ConfigError):
    """A file of the repository cannot be read as what its name says it is.

    Attributes:
        path: The file.
        line: Where reading ended, from 1.
        problem: What stands there.
    """

    code = "E105"

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class NoComposeFile(ConfigError):
    """The directory has no Compose file that could be released."""

    code = "E250"


class NothingToRelease(ConfigError):
    """No service of the Compose file answers requests on a port that can be told."""

    code = "E251"


class AlreadyDescribed(ConfigError):
    """A file that is to be written is there already."""

    code = "E252"


class NotExportable(ConfigError):
    """Something of a service cannot be said in a manifest for Kubernetes."""

    code = "E270"


class NotOurs(ConfigError):
    """A file that is to be written over was written or changed by somebody else."""

    code = "E271"


class CannotRehearse(ConfigError):
    """A copy of the stack would touch what the real one uses; ``details`` lists all of it."""

    code = "E262"


class HostError(HitlessError):
    """The machine is not ready for what was asked."""

    code = "E300"


class EngineUnreachable(HostError):
    """No container engine answers on the socket."""

    code = "E301"


class EngineForbidden(HostError):
    """The engine's socket may not be opened by this user."""

    code = "E302"


class EngineFailed(HostError):
    """The engine answered a request with an error."""

    code = "E303"


class ImageMissing(HostError):
    """An image is neither on this machine nor can it be pulled or built."""

    code = "E304"


class PortTaken(HostError):
    """Another program listens on the port that the edge publishes."""

    code = "E305"


class AddressesTaken(HostError):
    """The subnet overlaps a network that exists on this machine."""

    code = "E306"


class DiskFull(HostError):
    """Less free space than a release needs, or none is left."""

    code = "E307"

    @classmethod
    def of(cls, error: OSError) -> DiskFull | None:
        """What the system says of a write, if it says that there is no room."""
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            return None
        return cls(
            f"the disk is full, {error.filename or 'a file'} could not be written",
            'free some with "docker image prune", then run "hitless recover"',
        )


class CommandFailed(HostError):
    """A program that Hitless ran ended with an error; ``details`` is its output."""

    code = "E308"


class ToolMissing(HostError):
    """A program that Hitless needs is not installed."""

    code = "E309"


class ProberDied(HostError):
    """The prober ended by itself, so there is no evidence; ``details`` is its last words."""

    code = "E310"


class ProcessForbidden(HostError):
    """A process that is to be asked to stop belongs to another user."""

    code = "E311"


class HostUnreachable(HostError):
    """Another machine cannot be reached over SSH, or the connection was lost."""

    code = "E312"


class MemoryShort(HostError):
    """Less memory is available than the running release takes, and a second one shall start."""

    code = "E313"


class ConnectionsShort(HostError):
    """The database allows fewer connections than two releases open at the same time."""

    code = "E314"


class NotWritten(HostError):
    """Files of the repository could not be written; all of them are as they were."""

    code = "E315"


class FlagsUnwritable(HostError):
    """The files that nginx reads cannot be written, so traffic cannot be moved."""

    code = "E320"


class StateError(HitlessError):
    """What is recorded does not allow what was asked."""

    code = "E400"


class NothingDeployed(StateError):
    """No release of this service serves on this machine."""

    code = "E401"


class ReleaseUnknown(StateError):
    """No release or deploy of that name is recorded."""

    code = "E402"


class NoRollbackTarget(StateError):
    """There is no earlier release to go back to."""

    code = "E403"


class StateDamaged(StateError):
    """The state directory or its database cannot be read."""

    code = "E404"


class RunElsewhere(StateError):
    """The service's edge follows the flags of another directory on this machine."""

    code = "E405"


class StateBusy(StateError):
    """Another program keeps the database of the state locked."""

    code = "E406"


class JournalBroken(StateError):
    """A row of the journal is not as it was written."""

    code = "E407"


class RunDied(StateError):
    """The process of a deploy that is followed ended without saying how."""

    code = "E408"


class TreeNotClean(StateError):
    """The working tree has changes that git could not bring back."""

    code = "E409"


class NotDelivered(HitlessError):
    """Nobody took a notice; a deploy that meets this records it and goes on."""

    code = "E240"


class EdgeTooOld(StateError):
    """The edge's configuration is from an older Hitless and cannot do what was asked."""

    code = "E241"


class CannotAdopt(StateError):
    """What runs under plain Compose cannot be taken over; ``details`` lists all reasons."""

    code = "E242"


class NothingToRehearse(StateError):
    """No release serves from which a rehearsal could begin, and none was named."""

    code = "E261"


class RehearsalFailed(HitlessError):
    """A rehearsal came to its end, but requests failed in it; ``details`` shows some."""

    code = "E260"


class NoCanary(StateError):
    """No canary has a share of users' traffic now, so there is nothing to go on with."""

    code = "E221"


class Locked(HitlessError):
    """Another process is changing this service now."""

    code = "E410"
    exit_status = 75


class Frozen(HitlessError):
    """Deploys of this service are not allowed until a time that somebody set."""

    code = "E411"
    exit_status = 75


class Overtaken(HitlessError):
    """While this deploy waited for its turn, a newer one was asked for; this one is skipped."""

    code = "E412"
    exit_status = 75


class Superseded(HitlessError):
    """Another process took the lock meanwhile; this one stopped and changes nothing more."""

    code = "E413"
    exit_status = 75


class Interrupted(HitlessError):
    """The user or the system asked to stop; everything begun was undone."""

    code = "E130"
    exit_status = 130


class DeployFailed(HitlessError):
    """A deploy ended before its release got users' traffic; the old release serves."""

    code = "E200"
    exit_status = 20


class NotHealthy(DeployFailed):
    """The new slot did not become ready in time, restarted, or exited."""

    code = "E201"


class SmokeFailed(DeployFailed):
    """The preview answered, but not as the smoke checks demand."""

    code = "E202"


class MigrationFailed(DeployFailed):
    """The one-shot migration container did not succeed."""

    code = "E203"


class WorkersNotReady(DeployFailed):
    """The new workers did not take over; the old ones work on."""

    code = "E204"


class EdgeRefused(DeployFailed):
    """nginx refuses the configuration, or does not show the one it was given."""

    code = "E205"


class CutoverUnconfirmed(DeployFailed):
    """Fresh answers did not all come from the new slot; traffic went back."""

    code = "E206"
    exit_status = 21


class TrafficBad(DeployFailed):
    """The release failed under users' traffic and was rolled back by itself."""

    code = "E207"
    exit_status = 21


class RequestFailed(DeployFailed):
    """The prober saw a request fail, and the deploy was asked to bear none."""

    code = "E208"
    exit_status = 21


class HookFailed(DeployFailed):
    """A hook ended with another status than 0; the end of its output is in ``details``."""

    code = "E209"


class AssetsRefused(DeployFailed):
    """A release's hashed files are not where hitless.yaml says, or are not fit to be kept."""

    code = "E222"


class HumanNeeded(DeployFailed):
    """Neither forward nor back could be completed; the hint holds the exact command."""

    code = "E220"
    exit_status = 22


class QueueNotQuiet(DeployFailed):
    """By the broker, jobs of the old workers are left over, or the new ones take none."""

    code = "E230"


class QueueUnknown(DeployFailed):
    """The broker does not tell what is in flight, so no handover could be verified."""

    code = "E231"


class SchemaMovedOn(DeployFailed):
    """A migration took away what the release to go back to uses; the active one goes on."""

    code = "E232"
