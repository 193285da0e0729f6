"""Print a program as one JavaScript function: loops over typed arrays, nothing else.

Called with the settings (a choice as its position), the function returns an object:
``broken`` is 0, or the position of the first broken rule with the value to show;
``told`` and ``state`` hold a ``Float64Array`` by name; ``step(t)`` does one step of a
scan and refreshes both, for ``t`` from 0 to below ``count``. Every call has buffers of
its own, so that two runs stand side by side.
"""

from collections.abc import Callable, Sequence

from explorables.arrays.entries import Entries, counted, names
from explorables.arrays.functions import BODIES
from explorables.arrays.randoms import PARITY, ROTATIONS
from explorables.arrays.tracing import Program, trace
from explorables.javascript import number

HELPERS = {
    # Powers of 2 by doubling, since a library's power need not be exact.
    "scaled": """const powers=new Float64Array(1201);
for(let i=0,p=1;i<=600;i++,p*=2){powers[600+i]=p;powers[600-i]=1/p}
const scaled=(x,n)=>{const h=Math.floor(n/2);return x*powers[600+h]*powers[600+n-h]};
""",
    "exponent": """const bits=new DataView(new ArrayBuffer(8));
const exponent=(x)=>{bits.setFloat64(0,x);return(bits.getUint32(0)>>>20)-1023};
""",
    "take": "const at=(i,n)=>i>0?i<n?Math.floor(i):n-1:0;\n",
    "uniform": f"""const uniform=(seed,stream,step,place)=>{{
const k=[seed>>>0,stream,seed>>>0^stream^{PARITY}];
let a=(step>>>0)+k[0]|0,b=place+k[1]|0;
for(let r=0;r<20;r++){{
const s=[{",".join(map(str, ROTATIONS))}][r%8];
a=a+b|0;b=(b<<s|b>>>32-s)^a;
if(r%4===3){{const m=(r+1)/4;a=a+k[m%3]|0;b=b+k[(m+1)%3]+m|0}}
}}
return((a>>>6)*67108864+(b>>>6)+.5)/4503599627370496}};
""",
}
"""Functions that a program brings along if it needs them."""


def javascript(program: Program) -> str:
    """Return a program as the text of a JavaScript function.

    Examples
    --------
    >>> from explorables.arrays import iota, trace
    >>> print(javascript(trace(lambda a: {"scaled": a * iota(3)}, {"a": "number"})))
    (a$)=>{
    const x2=new Float64Array(3);
    for(let i=0;i<3;i++)x2[i]=a$*i;
    return{broken:0,count:0,told:{scaled:x2},state:{}}}
    """
    roots = [*program.told.values(), *program.following.values()]
    kept = frozenset(roots) | frozenset(program.initial.values())
    ends = [place for _, *places, _ in program.guards for place in places]
    ends += [] if program.count is None else [program.count]
    emitter = _Emitter(program.nodes, kept, [*kept, *ends])
    first, repeated = emitter.statements(inside=False), emitter.statements(inside=True)
    lines = [*emitter.declarations(), *first]
    lines += [f"const {name}_=x{at}.slice();" for name, at in program.initial.items()]
    if program.count is not None:
        updates = [f"{name}_.set(x{at});" for name, at in program.following.items()]
        # Engines optimize many short functions well, and one of all loops not at all.
        for at, statement in enumerate(repeated):
            if "for(" in statement:
                lines.append(f"const f{at}=()=>{{{statement}}};")
                repeated[at] = f"f{at}();"
        lines += ["let t;", "const step=(now)=>{t=now;", *repeated, *updates, "};"]
    count = "0" if program.count is None else emitter.text(program.count)
    limited = f"Math.min({count},{program.bound})" if program.bound else "0"
    told = ",".join(f"{name}:x{at}" for name, at in program.told.items())
    state = ",".join(f"{name}:{name}_" for name in program.initial)
    guards = "".join(
        f"!({emitter.text(condition)})?[{at},{emitter.text(value)}]:"
        for at, (_, value, condition, _) in enumerate(program.guards)
    )
    fields = f"broken:{guards}0,count:{limited},told:{{{told}}},state:{{{state}}}"
    fields += ",step" if program.count is not None else ""
    parameters = ",".join(f"{spec.name}$" for spec in program.inputs)
    body = "\n".join(lines)
    return f"({parameters})=>{{\n{_helpers(emitter)}{body}\nreturn{{{fields}}}}}"


def _helpers(emitter: "_Emitter") -> str:
    """Return the definitions of all that a program calls, callees first."""
    needed: dict[str, str] = {}

    def need(used: "_Emitter") -> None:
        for node in used.reached():
            name = node.attribute[0] if node.operation == "function" else node.operation
            name = "take" if name == "take_along" else name
            if name in needed or (name not in HELPERS and name not in BODIES):
                continue
            if name in BODIES:
                inner, at = _traced_body(name)
                need(inner)
                body = [*inner.declarations(), *inner.statements(inside=False)]
                lines = "\n".join([*body, "return "])
                text = f"{lines}{inner.text(at)}"
                needed[name] = f"const {name}=(x$)=>{{\n{text}}};\n"
            else:
                needed[name] = HELPERS[name]

    need(emitter)
    return "".join(needed.values())


def _traced_body(name: str) -> tuple["_Emitter", int]:
    traced = trace(lambda x: {"y": BODIES[name](x)}, {"x": "number"})
    return _Emitter(traced.nodes, frozenset(), [traced.told["y"]]), traced.told["y"]


class _Emitter(Entries):
    """Statements for those nodes of a program that its ends need."""

    def declarations(self) -> list[str]:
        """Return declarations of all buffers, then of all single numbers."""
        made = []
        single = [f"x{place}" for place in self.written() if self.scalar(place)]
        for place in self.written():
            node = self.nodes[place]
            kind = "Float64Array" if node.kind == "number" else "Uint8Array"
            if node.operation == "table":
                entries = ",".join(number(float(x)).text for x in node.attribute)
                made.append(f"const x{place}={kind}.of({entries});")
            elif not self.scalar(place):
                made.append(f"const x{place}=new {kind}({node.size});")
        return [*made, f"let {','.join(single)};"] if single else made

    def statements(self, *, inside: bool) -> list[str]:
        """Return the loops of one part of the program."""
        return [
            self.statement(place)
            for place in self.written()
            if self.nodes[place].inside == inside
            and self.nodes[place].operation != "table"
        ]

    def statement(self, place: int) -> str:
        node = self.nodes[place]
        printed: dict[str, Callable[[int], str]] = {
            "total": self.reduction,
            "largest": self.reduction,
            "cumulative": self.cumulative,
            "product": self.product,
            "ranks": self.ranks,
            "order": self.order,
            "take": self.take,
            "take_along": self.take_along,
        }
        return printed.get(node.operation, self.entrywise)(place)

    def entrywise(self, place: int) -> str:
        node = self.nodes[place]
        if self.scalar(place):
            return f"x{place}={self.expression(place, []).text};"
        operands = () if node.operation == "uniform" else node.operands
        if all(self.counted_through(at, node.shape) for at in operands):
            if node.size == 1:
                zeros = ["0"] * len(node.shape)
                return f"x{place}[0]={self.expression(place, zeros).text};"
            body = f"x{place}[i]={self.expression(place, 'i').text};"
            return f"for(let i=0;i<{node.size};i++){body}"
        index = names(node.shape)
        body = f"x{place}[{counted(node.shape, index)}]"
        return _loops(node.shape, f"{body}={self.expression(place, index).text};")

    def reduction(self, place: int) -> str:
        node = self.nodes[place]
        (operand,), (axis,) = node.operands, node.attribute
        shape = self.nodes[operand].shape
        index = names(shape)
        start = "0" if node.operation == "total" else "-Infinity"

        def folded(target: str) -> str:
            value = self.element(operand, index).text
            if node.operation == "total":
                return f"{target}+={value};"
            return f"{{const v={value};if({target}<v){target}=v}}"

        outer = [*index[:axis], *index[axis + 1 :]]
        target = f"x{place}[{counted(node.shape, outer)}]"
        if self.scalar(place):
            return f"{{let s={start};{_loops(shape, folded('s'))}x{place}=s}}"
        if axis < len(shape) - 1:
            return f"x{place}.fill({start});{_loops(shape, folded(target))}"
        along = _loops([*[1] * axis, shape[axis]], folded("s"))
        return _loops(shape[:axis], f"{{let s={start};{along}{target}=s}}")

    def cumulative(self, place: int) -> str:
        node = self.nodes[place]
        (operand,), (axis,) = node.operands, node.attribute
        index = names(node.shape)
        step = (
            f"x{place}[{counted(node.shape, index)}]=s+="
            f"{self.element(operand, index).text};"
        )
        along = [size if at == axis else 1 for at, size in enumerate(node.shape)]
        across = [1 if at == axis else size for at, size in enumerate(node.shape)]
        return _loops(across, f"{{let s=0;{_loops(along, step)}}}")

    def product(self, place: int) -> str:
        node = self.nodes[place]
        a, b, *rows = node.operands
        *batch, n, m = node.shape
        inner = self.nodes[a].shape[-1]
        index = names((*batch, n))
        left = self.element(a, self.aligned(a, [*index, "p"]))
        right = self.at(b, self.aligned(b, [*index[:-1], "p", "0"]))
        stride = self.strided(b)[2][-1] if m > 1 else 0
        out = counted(node.shape, [*index, "0"])
        across = "j" if stride == 1 else f"j*{stride}"
        skip = "if(v===0)continue;" if node.attribute[0] else ""
        body = (
            f"for(let p=0;p<{inner};p++){{const v={left.text};{skip}const q={right};"
            f"for(let j=0;j<{m};j++)"
            f"x{place}[o+j]+=v*{self.strided(b)[0]}[q+{across}];}}"
        )
        only = (
            f"if(!{self.element(rows[0], index).inside(20)})continue;" if rows else ""
        )
        loops = _loops((*batch, n), f"{{{only}const o={out};{body}}}", always=True)
        return f"x{place}.fill(0);{loops}"

    def ranks(self, place: int) -> str:
        node = self.nodes[place]
        (operand,), size = node.operands, node.shape[-1]
        *index, _ = names(node.shape)
        a, b = (self.element(operand, [*index, name]).text for name in ("a", "b"))
        out = counted(node.shape, [*index, "0"])
        body = (
            f"for(let a=0;a<{size};a++)for(let b=a+1;b<{size};b++)"
            f"if({b}>{a})x{place}[o+a]++;else x{place}[o+b]++;"
        )
        loops = _loops(node.shape[:-1], f"{{const o={out};{body}}}")
        return f"x{place}.fill(0);{loops}"

    def order(self, place: int) -> str:
        node = self.nodes[place]
        index = names(node.shape)
        rank = self.element(node.operands[0], index).text
        start = counted(node.shape, [*index[:-1], "0"])
        body = f"x{place}[{start}+{rank}]={index[-1]};"
        return f"x{place}.fill(0);{_loops(node.shape, body)}"

    def take(self, place: int) -> str:
        node = self.nodes[place]
        (source, which), (axis,) = node.operands, node.attribute
        index, width = names(node.shape), len(self.nodes[which].shape)
        inner = self.element(which, index[axis : axis + width]).text
        there = f"at({inner},{self.nodes[source].shape[axis]})"
        entry = self.element(source, [*index[:axis], there, *index[axis + width :]])
        body = f"x{place}[{counted(node.shape, index)}]={entry.text};"
        return _loops(node.shape, body)

    def take_along(self, place: int) -> str:
        node = self.nodes[place]
        source, which = node.operands
        index = names(node.shape)
        there = f"at({self.element(which, index).text},{self.nodes[source].shape[-1]})"
        entry = self.element(source, [*index[:-1], there])
        return _loops(
            node.shape, f"x{place}[{counted(node.shape, index)}]={entry.text};"
        )


def _loops(shape: Sequence[int], body: str, *, always: bool = False) -> str:
    """Return a statement inside a loop for each axis of more than one entry."""
    variables = zip("ijklmn", shape, strict=False)
    loops = [f"for(let {x}=0;{x}<{size};{x}++)" for x, size in variables if size != 1]
    if always and not loops:
        loops = ["for(let i=0;i<1;i++)"]  # for `continue`
    return "".join(loops) + body
