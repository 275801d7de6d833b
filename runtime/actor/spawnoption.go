package actor

import "time"

// A SpawnOption is a property of one actor.
type SpawnOption interface {
	applySpawn(*spawnConfig)
}

type spawnOption func(*spawnConfig)

func (o spawnOption) applySpawn(c *spawnConfig) { o(c) }

// spawnConfig is what spawn options set. Actors without options share the default.
type spawnConfig struct {
	strategy       Strategy
	group          GroupPolicy
	mailbox        int
	full           FullPolicy
	prompt         bool
	stopTimeout    time.Duration
	cleanupTimeout time.Duration
	idle           time.Duration // 0 without StopWhenIdle
	chain          *chain        // nil without interceptors
	coordinator    bool
}

var defaultSpawnConfig = spawnConfig{
	strategy:       Restart{},
	mailbox:        4096,
	stopTimeout:    10 * time.Second,
	cleanupTimeout: 3 * time.Second,
}

// OnFailure sets what becomes of the actor when it fails: Restart (the default, as Restart{}), StopActor, Escalate or
// Resume.
func OnFailure(s Strategy) SpawnOption {
	return spawnOption(func(c *spawnConfig) {
		if s != nil {
			c.strategy = s
		}
	})
}

// MailboxSize sets how many messages may wait, beside the one that is handled: 4,096 unless set, 1 at least. Up to 256 it is
// kept to the message; a larger mailbox may refuse one up to 15 messages early.
func MailboxSize(n int) QueueOption { return mailboxSize(min(max(n, 1), 1<<30)) }

type mailboxSize int

func (n mailboxSize) applySpawn(c *spawnConfig) { c.mailbox = int(n) }
func (n mailboxSize) applyPort(c *portConfig)   { c.size = int(n) }

// OnFull sets what becomes of messages for a full mailbox: FullReject unless set.
func OnFull(p FullPolicy) QueueOption { return p }

func (p FullPolicy) applySpawn(c *spawnConfig) { c.full = p }
func (p FullPolicy) applyPort(c *portConfig)   { c.full = p }

// Prompt gives the actor a goroutine of the scheduler as soon as it has something to do, also while others hold the
// rest up. Without it an actor may start a few milliseconds late behind one that blocks or spins. It costs
// a wake-up per message for an idle actor.
func Prompt() SpawnOption { return spawnOption(func(c *spawnConfig) { c.prompt = true }) }

// StopTimeout sets how long an actor that stops waits for its children before it kills them: 10 s unless set.
func StopTimeout(d time.Duration) SpawnOption {
	return spawnOption(func(c *spawnConfig) { c.stopTimeout = d })
}

// CleanupTimeout sets how long Cleanup may run before the actor ends without it, as failed: 3 s unless set.
func CleanupTimeout(d time.Duration) SpawnOption {
	return spawnOption(func(c *spawnConfig) { c.cleanupTimeout = d })
}
