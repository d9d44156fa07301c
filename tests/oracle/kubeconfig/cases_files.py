"""Which files, which context, which namespace."""

from __future__ import annotations

from oracle.kubeconfig.case import CLUSTER, HOME, Case, config, part

B = {"server": "@B@", "certificate-authority-data": "@CA@"}
TWO = part(
    clusters={"a": CLUSTER, "b": B},
    users={"ua": {"token": "ta"}, "ub": {"token": "tb"}},
    contexts={"xa": ("a", "ua", "na"), "xb": ("b", "ub")},
    current="xa",
)
LIST = {"KUBECONFIG": "@DIR@/one:@DIR@/two"}
BROKEN = "clusters: [\n  oops: :\n"


def _named(name: str) -> dict[str, object]:
    return part(
        clusters={"c": CLUSTER}, users={"u": {"token": "t"}}, contexts={name: ("c", "u", "found")}, current=name
    )


FILES = (
    Case("the home folder's file is used when KUBECONFIG is unset", {HOME: config()}, sends={"server": "a"}),
    Case("an empty KUBECONFIG counts as unset", {HOME: config()}, env={"KUBECONFIG": ""}, sends={"server": "a"}),
    Case("KUBECONFIG replaces the home folder's file", {HOME: config(), "one": TWO, "two": ""}, env=LIST, sends={"namespace": "na"}),
    Case("--kubeconfig beats KUBECONFIG", {"one": config(), "f": TWO}, ("--kubeconfig", "f"), LIST, {"namespace": "na"}),
    Case("--kubeconfig is one path, never a list", {"one": config()}, ("--kubeconfig", "one:one"), error="flag-file-unreadable"),
    Case("a missing --kubeconfig is refused", {HOME: config()}, ("--kubeconfig", "nofile"), error="flag-file-unreadable"),
    Case("missing files of the list are passed over", {"two": config()}, env=LIST, sends={"server": "a"}),
    Case("an empty file of the list is fine", {"one": "", "two": config()}, env=LIST, sends={"server": "a"}),
    Case("a file of comments is fine", {"one": "# nothing\n", "two": config()}, env=LIST, sends={"server": "a"}),
    Case("a tilde is not expanded", {HOME: config()}, env={"KUBECONFIG": "~/.kube/config"}, error="no-kubeconfig"),
    Case("KUBECONFIG of separators alone does not fall back", {HOME: config()}, env={"KUBECONFIG": "::"}, error="no-kubeconfig"),
    Case("no kubeconfig at all is refused", error="no-kubeconfig"),
    Case("a relative KUBECONFIG starts at the working folder", {"sub/f": config()}, env={"KUBECONFIG": "sub/f"}, sends={"server": "a"}),
    Case(
        "the first file that sets current-context decides",
        {"one": part(current="xb"), "two": TWO}, env=LIST, sends={"server": "b"},
    ),
    Case(
        "an empty current-context does not decide",
        {"one": part(current=""), "two": TWO}, env=LIST, sends={"server": "a"},
    ),
    Case(
        "the first file's whole cluster wins, nothing is merged from the second",
        {"one": part(clusters={"c": {"server": "@A@"}}), "two": config({**CLUSTER, "server": "@B@"})},
        ("--insecure-skip-tls-verify",), LIST, {"server": "a", "authorization": ["Bearer token-one"]},
    ),
    Case(
        "the second file's as: is not taken",
        {"one": part(users={"u": {"token": "first"}}), "two": config(user={"token": "second", "as": "root"})},
        env=LIST, sends={"authorization": ["Bearer first"], "impersonation": []},
    ),
    Case(
        "entries spread over files come together",
        {"one": part(contexts={"x": ("c", "u", "n")}, current="x"), "two": part(clusters={"c": CLUSTER}, users={"u": {"token": "t"}})},
        env=LIST, sends={"server": "a", "namespace": "n"},
    ),
    Case(
        "relative paths start at the folder of the file that holds them",
        {
            "one": part(current="x"),
            "deep/two": config({"server": "@A@", "certificate-authority": "pki/ca"}, {"tokenFile": "pki/token"}),
            "deep/pki/ca": "@CAPEM@",
            "deep/pki/token": "from-file\n",
        },
        env={"KUBECONFIG": "@DIR@/one:@DIR@/deep/two"}, sends={"authorization": ["Bearer from-file"]},
    ),
    Case("broken YAML in a file that is not needed is refused", {"one": config(), "two": BROKEN}, env=LIST, error="kubeconfig-not-yaml"),
    Case("a folder in the list is refused", {"one/x": "", "two": config()}, env=LIST, error="kubeconfig-unreadable"),
    Case("a binary file is refused", {HOME: b"\x00\x01\x02"}, error="kubeconfig-not-text"),
    Case("bytes that are not UTF-8 are refused", {HOME: b"current-context: '\xff'\n"}, error="kubeconfig-not-text"),
    Case("a list is refused", {HOME: "[]"}, error="kubeconfig-not-mapping"),
    Case("another kind is refused", {HOME: config(kind="Pod")}, error="kubeconfig-other-kind"),
    Case("another apiVersion is refused", {HOME: config(apiVersion="v2")}, error="kubeconfig-other-kind"),
    Case("apiVersion and kind may be absent", {HOME: TWO}, sends={"server": "a"}),
    Case("a mapping where a list belongs is refused", {HOME: config(contexts={})}, error="kubeconfig-wrong-type"),
    Case("bad base64 is refused", {HOME: config({"server": "@A@", "certificate-authority-data": "!!"})}, error="kubeconfig-wrong-type"),
    Case("a wrong type in an entry nobody needs is refused", {HOME: config(preferences={"colors": 3})}, error="kubeconfig-wrong-type"),
    Case("two entries of a name in one file are refused", {HOME: config(users=[{"name": "u"}, {"name": "u"}])}, error="kubeconfig-duplicate"),
    Case("a name in quotes may look like a number", {HOME: _named("123")}, sends={"namespace": "found"}),
    Case("a name without quotes may look like a date", {HOME: "current-context: 2020-01-01\ncontexts: [{name: '2020-01-01', context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: '@A@', insecure-skip-tls-verify: yes}}]\nusers: [{name: u, user: {token: 1:30}}]\n"}, sends={"authorization": ["Bearer 1:30"]}),
    Case("a number without quotes is no name", {HOME: "current-context: 123\n"}, error="kubeconfig-wrong-type"),
    Case("an exponent without quotes is no name", {HOME: "current-context: 1e3\n"}, error="kubeconfig-wrong-type"),
    Case("on without quotes is no name", {HOME: "current-context: on\n"}, error="kubeconfig-wrong-type"),
    Case("y without quotes is no name", {HOME: "current-context: y\n"}, error="kubeconfig-wrong-type"),
    Case("JSON is accepted", {HOME: '{"current-context":"x","contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"users":[{"name":"u","user":{"token":"t"}}],"clusters":[{"name":"c","cluster":{"server":"@A@","certificate-authority-data":"@CA@"}}]}'}, sends={"server": "a"}),
    Case("anchors and merge keys are followed", {HOME: "base: &base {server: '@A@', insecure-skip-tls-verify: true}\nclusters: [{name: c, cluster: {<<: *base}}]\nusers: [{name: u, user: {token: t}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n"}, sends={"server": "a"}),
    Case("only the first YAML document counts", {HOME: "current-context: x\n---\n" + BROKEN}, error="unknown-context-of-none"),
)  # fmt: skip
CONTEXTS = (
    Case("--context chooses another context", {HOME: TWO}, ("--context", "xb"), sends={"server": "b", "authorization": ["Bearer tb"]}),
    Case("--cluster keeps the context's user and namespace", {HOME: TWO}, ("--cluster", "b"), sends={"server": "b", "authorization": ["Bearer ta"], "namespace": "na"}),
    Case("--user keeps the context's cluster", {HOME: TWO}, ("--user", "ub"), sends={"server": "a", "authorization": ["Bearer tb"]}),
    Case("an unknown --context is refused", {HOME: TWO}, ("--context", "nope"), error="unknown-context"),
    Case("an unknown --cluster is refused", {HOME: TWO}, ("--cluster", "nope"), error="unknown-cluster"),
    Case("an unknown --user is refused", {HOME: TWO}, ("--user", "nope"), error="unknown-user"),
    Case("an unknown current-context is refused", {HOME: {**TWO, "current-context": "nope"}}, error="unknown-context"),
    Case("an unknown current-context is refused even where flags say it all", {HOME: {**TWO, "current-context": "nope"}}, ("--cluster", "a", "--user", "ua"), error="unknown-context"),
    Case("without current-context nothing is guessed", {HOME: {**TWO, "current-context": ""}}, error="no-current-context"),
    Case("without current-context --cluster and --user are enough", {HOME: {**TWO, "current-context": ""}}, ("--cluster", "a", "--user", "ub"), sends={"server": "a", "authorization": ["Bearer tb"], "namespace": "default"}),
    Case("a context whose user is in no file is refused", {HOME: config(users=[])}, error="user-without-credentials"),
    Case("a context whose cluster is in no file is refused", {HOME: config(clusters=[])}, error="context-cluster-missing"),
    Case("a cluster without server is refused", {HOME: config({"certificate-authority-data": "@CA@"})}, error="cluster-without-server"),
    Case("a user without any credential is refused", {HOME: config(user={})}, error="user-without-credentials"),
    Case("KUBERNETES_MASTER names the server where no file does", {HOME: config({"certificate-authority-data": "@CA@"})}, env={"KUBERNETES_MASTER": "@A@"}, sends={"server": "a"}),
    Case("KUBERNETES_MASTER does not beat a file", {HOME: config()}, env={"KUBERNETES_MASTER": "@B@"}, sends={"server": "a"}),
    Case("-n beats the context's namespace", {HOME: TWO}, ("-n", "mine"), sends={"namespace": "mine"}),
    Case("the context's namespace is used", {HOME: TWO}, sends={"namespace": "na"}),
    Case("without any namespace it is default", {HOME: config()}, sends={"namespace": "default"}),
    Case("POD_NAMESPACE means nothing outside a pod", {HOME: config()}, env={"POD_NAMESPACE": "pod"}, sends={"namespace": "default"}),
    Case("a namespace that is no path segment is refused", {HOME: config()}, ("-n", "a/b"), error="bad-namespace"),
    Case("the variables of a pod without its token change nothing", {HOME: config()}, env={"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "1"}, sends={"server": "a"}),
)  # fmt: skip
