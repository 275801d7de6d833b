package actor
import ("testing";"unsafe")
func TestSizes(t *testing.T){
 type c struct{a int64; b,d string}
 var a GenActor[any,c]
 t.Log("actor",unsafe.Sizeof(a),"core",unsafe.Sizeof(a.core),"core at",unsafe.Offsetof(a.core),"st at",unsafe.Offsetof(a.core)+unsafe.Offsetof(a.core.st),"running",unsafe.Offsetof(a.core)+unsafe.Offsetof(a.core.running),"mail",unsafe.Offsetof(a.mail),"cur",unsafe.Offsetof(a.mail)+unsafe.Offsetof(a.mail.cur),"state",unsafe.Offsetof(a.state), "cell",unsafe.Sizeof(a.mail.slot))
}
