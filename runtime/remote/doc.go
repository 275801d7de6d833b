// Package remote lets procs reach each other over tcp and unix sockets.
//
// A proc that others should be able to reach listens; one that only reaches out enables the transport:
//
//	server, err := actor.NewProc("bank", remote.Listen("tcp://127.0.0.1:7000"))
//	client, err := actor.NewProc("teller", remote.Enable())
//
// From then on generated refs work across procs, with the same methods and errors as within one:
//
//	account, err := bank.AccountAt(client, "tcp://127.0.0.1:7000/bank/alice")
//	balance, err := account.Deposit(ctx, 500, "first")
//
// An address is that of the proc, "tcp://host:port/proc" or "unix:///path/to.sock#proc", followed by a slash and the
// actor's name. Refs that travel in messages carry the address of their proc. Those of a proc that does not listen work
// for the procs that it has a link with.
//
// # Links
//
// Two procs share one link, whoever has dialed, and even if both do at once. It is made at the first message, and again
// at the next one after it was lost. What was in its buffer then is reported as undelivered; calls that were under way end
// with actor.ErrUnreachable, and the contexts of those that were being served are cancelled. A proc that shuts down says
// so. A proc that is started again at the same address is another proc: refs by id to actors of the earlier one fail,
// refs by name find the new ones.
//
// A cast that was accepted is in the link's buffer. If the other side takes messages more slowly than they are made, the
// buffer fills ([Buffer]), and calls and casts wait for room until their context ends.
//
// A link that was silent too long is given up ([KeepAlive]). Whatever does not belong on a link, from bytes that make no
// sense to a message over the limit ([MaxFrame]), closes it, with a line in the log; the proc goes on.
//
// # Security
//
// There is no authentication yet: whoever can connect can send to every actor. So plain tcp is for loopback addresses,
// unless [InsecurePlaintext] says otherwise, and unix sockets are guarded by the permissions of their files, which
// are those of the process's umask.
//
// # Wire format
//
// Both sides begin with a hello: "actorgen", the version of the protocol, and who they are. The one with the smaller id
// decides which connection is the link. Then come batches of messages, each batch with its length and a CRC-32C, each
// message with its length, an envelope and a MessagePack payload.
package remote
