declare module 'tidegate:policy/types@1.0.0' {
  /**
   * One JSON value, as text.
   */
  export type Json = string;
  /**
   * A place in the object under review: an RFC 6901 JSON Pointer, for instance
   * `/spec/template/spec/containers/0/env/1`. The empty text is the whole object.
   */
  export type Pointer = string;
  /**
   * How bad it is while it stays as it is.
   * 
   * With the action `fix`, what cannot be repaired is refused from `high` up and warned of below.
   * # Variants
   * 
   * ## `"info"`
   * 
   * Worth knowing; nothing needs to be done.
   * ## `"low"`
   * 
   * Costs comfort or tidiness.
   * ## `"medium"`
   * 
   * Will hurt in a situation that is foreseeable.
   * ## `"high"`
   * 
   * Loses data, service or security in a common situation.
   * ## `"critical"`
   * 
   * Loses data or opens the database as it stands.
   */
  export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';
  /**
   * Who sent the request: `request.userInfo` of the AdmissionReview. Empty in an audit of files.
   */
  export interface User {
    /**
     * The user's name, for instance `system:serviceaccount:shop:deployer`.
     */
    name: string,
    /**
     * The groups that the user belongs to.
     */
    groups: Array<string>,
  }
  /**
   * What is known of an object without its content; the content is pulled through `raw`.
   */
  export interface ObjectId {
    /**
     * `apiVersion`, for instance `apps/v1`.
     */
    apiVersion: string,
    /**
     * `kind`, for instance `StatefulSet`.
     */
    kind: string,
    /**
     * `metadata.namespace`, or that of the request; none for what belongs to no namespace.
     */
    namespace?: string,
    /**
     * `metadata.name`; none while the API server has yet to make it from `generateName`.
     */
    name?: string,
    /**
     * `metadata.labels`, in the order of the object.
     */
    labels: Array<[string, string]>,
  }
  /**
   * An image reference by the grammar of the OCI distribution specification.
   */
  export interface ImageReference {
    /**
     * The registry with its port, `docker.io` if none is written.
     */
    registry: string,
    /**
     * The repository's path, `library/mysql` for the short `mysql`.
     */
    repository: string,
    /**
     * The tag. None if none is written.
     */
    tag?: string,
    /**
     * The digest with its algorithm, `sha256:…`.
     */
    digest?: string,
  }
  /**
   * A server's version: `5.7` is 5, 7 and none; `10.11.6` is 10, 11 and 6.
   */
  export interface Version {
    /**
     * For instance 8.
     */
    major: number,
    /**
     * For instance 4. None if the tag says only the major version.
     */
    minor?: number,
    /**
     * For instance 3.
     */
    patch?: number,
  }
  /**
   * An option of the server, in the form in which the server reads it.
   */
  export interface ServerOption {
    /**
     * The name with dashes, without `loose-`, for instance `character-set-server`.
     */
    name: string,
    /**
     * The value. None for a bare `--name`.
     */
    value?: string,
    /**
     * Where it is written: the item of `command` or `args`, the variable, or the mount that
     * brings the option file.
     */
    at: Pointer,
  }
  /**
   * What a policy may know of a value that it does not see.
   */
  export interface WithheldValue {
    /**
     * True if it is the empty text.
     */
    empty: boolean,
    /**
     * True if it is not a literal: it refers to other variables by `$(NAME)`, or is left over
     * from a template (`${NAME}`, `{{ … }}`).
     */
    references: boolean,
  }
  /**
   * A literal value of an environment variable.
   */
  export type EnvValue = EnvValuePlain | EnvValueWithheld;
  /**
   * As written.
   */
  export interface EnvValuePlain {
    tag: 'plain',
    val: string,
  }
  /**
   * It is or may be a credential; the policy does not get to see it.
   */
  export interface EnvValueWithheld {
    tag: 'withheld',
    val: WithheldValue,
  }
  /**
   * Where a variable takes its value from.
   */
  export interface EnvSource {
    /**
     * `secretKeyRef`, `configMapKeyRef`, `fieldRef`, `resourceFieldRef`, `fileKeyRef`, or
     * another word that Kubernetes adds.
     */
    kind: string,
    /**
     * The Secret's or ConfigMap's name.
     */
    name?: string,
    /**
     * The key in it.
     */
    key?: string,
    /**
     * `optional`.
     */
    optional: boolean,
  }
  /**
   * An environment variable.
   */
  export interface EnvVar {
    /**
     * Where it is, for instance `/spec/template/spec/containers/0/env/1`.
     */
    at: Pointer,
    /**
     * Its name.
     */
    name: string,
    /**
     * The literal `value`, if there is one.
     */
    value?: EnvValue,
    /**
     * The `valueFrom`, if there is one. During a server-side apply both may be there.
     */
    valueFrom?: EnvSource,
    /**
     * True if the variable is known to hold a credential when it is literal: by its name
     * (`MYSQL_ROOT_PASSWORD`, …) or because the value is a URL or DSN with a password.
     */
    credential: boolean,
  }
  /**
   * An entry of `envFrom`.
   */
  export interface EnvFrom {
    /**
     * `secretRef` or `configMapRef`.
     */
    kind: string,
    /**
     * The Secret's or ConfigMap's name.
     */
    name: string,
    /**
     * `prefix`, empty if there is none.
     */
    prefix: string,
  }
  /**
   * An entry of `volumeMounts`.
   */
  export interface Mount {
    /**
     * Where it is written.
     */
    at: Pointer,
    /**
     * The name of the volume or claim template.
     */
    volume: string,
    /**
     * `mountPath`, from the root, without empty parts and dots.
     */
    path: string,
    /**
     * `subPath` or `subPathExpr`.
     */
    subPath?: string,
    /**
     * `readOnly`.
     */
    readOnly: boolean,
  }
  /**
   * What is known of a server that a container runs.
   */
  export interface Server {
    /**
     * Whose image it is: `mysql` (the official one), `oracle`, `mariadb`, `percona`,
     * `percona-xtradb-cluster`, `bitnami-mysql`, `bitnami-mariadb`, `sclorg-mysql`,
     * `sclorg-mariadb`, `linuxserver-mariadb`, or `unknown`.
     */
    flavor: string,
    /**
     * Which program it is, whoever built it: `mysql` or `mariadb`; `unknown` if it is not sure.
     */
    product: string,
    /**
     * The product's version as far as the tag tells. None if it does not: no rule that
     * depends on a version may fire then.
     */
    version?: Version,
    /**
     * Where the server keeps its data, for instance `/var/lib/mysql`.
     */
    dataDirectory: string,
    /**
     * What keeps the data directory: the volume mounted at it or above it.
     */
    dataVolume?: Mount,
    /**
     * The numeric user that the image's server runs as. None if it is not known.
     */
    userId?: number,
    /**
     * Options that are known to reach the server, in the order in which it reads them, so that
     * the last of a name wins: those of option files in ConfigMaps that could be looked up,
     * then those of variables (Bitnami's, Software Collections'), then the command line.
     */
    options: Array<ServerOption>,
    /**
     * Where a further option can be appended so that it reaches the server: the list of
     * `args`, or of `command`. None if there is no such place: the command is a script, or
     * the image takes options in another way.
     */
    optionsAt?: Pointer,
    /**
     * True if option files that tidegate does not see may hold options too: a ConfigMap,
     * Secret or other volume with content is mounted where the server reads its option files
     * and could not be looked up.
     */
    optionFiles: boolean,
    /**
     * The TCP port that the server listens on. None if it listens on none or it is not known.
     */
    port?: number,
    /**
     * Room to grow, as in `request`.
     * 
     * * `healthcheck`: the command that the image ships to ask its server, a list of words;
     *   missing if it ships none or that is not known.
     * * `client`, `admin`: the names of the client programs that the image is sure to have
     *   (`mysql` or `mariadb`, `mysqladmin` or `mariadb-admin`); missing if not sure.
     * * `script`: `true` if a shell script starts the server, so that options may be passed
     *   that are not seen.
     * * `possible-options`: options of ConfigMaps that an init container of the pod may copy to
     *   where the server reads them, a list of `{group, name, value, config-map, key}`.
     */
    extra: Array<[string, Json]>,
  }
  /**
   * What a container is for, as far as tidegate can tell.
   */
  export type Role = RoleServer | RoleClient | RoleExporter | RoleBackup | RoleApplication | RoleOther;
  /**
   * It runs a MySQL or MariaDB server.
   */
  export interface RoleServer {
    tag: 'server',
    val: Server,
  }
  /**
   * It has a server's image, or a client's, but runs something else: a shell, `mysql`, …
   */
  export interface RoleClient {
    tag: 'client',
  }
  /**
   * It reads metrics from a server, for instance mysqld_exporter.
   */
  export interface RoleExporter {
    tag: 'exporter',
  }
  /**
   * It copies data, for instance xtrabackup.
   */
  export interface RoleBackup {
    tag: 'backup',
  }
  /**
   * Something else that is told a MySQL password.
   */
  export interface RoleApplication {
    tag: 'application',
  }
  /**
   * Nothing that tidegate knows; the text may name it.
   */
  export interface RoleOther {
    tag: 'other',
    val: string,
  }
  /**
   * An entry of `ports`.
   */
  export interface Port {
    /**
     * Where it is written.
     */
    at: Pointer,
    /**
     * `name`.
     */
    name?: string,
    /**
     * `containerPort`.
     */
    containerPort: number,
    /**
     * `hostPort`.
     */
    hostPort?: number,
  }
  /**
   * A probe of a container.
   */
  export interface Probe {
    /**
     * Where it is.
     */
    at: Pointer,
    /**
     * `exec`, `tcpSocket`, `httpGet`, `grpc`, or empty if it has none of them.
     */
    kind: string,
    /**
     * The command of an `exec` probe; passwords are withheld.
     */
    command: Array<string>,
    /**
     * The port's number or name, of the other kinds.
     */
    port?: string,
    /**
     * `initialDelaySeconds`, in seconds.
     */
    initialDelay?: number,
    /**
     * `periodSeconds`, in seconds.
     */
    period?: number,
    /**
     * `timeoutSeconds`, in seconds.
     */
    timeout?: number,
    /**
     * `failureThreshold`.
     */
    failureThreshold?: number,
  }
  /**
   * A container, wherever in the pod it stands.
   */
  export interface Container {
    /**
     * Where it is, for instance `/spec/template/spec/containers/0`.
     */
    at: Pointer,
    /**
     * Its name, unique in the pod.
     */
    name: string,
    /**
     * Where it stands: `container`, `init`, `sidecar` (an init container with
     * `restartPolicy: Always`) or `ephemeral`.
     */
    placement: string,
    /**
     * The image as written.
     */
    image: string,
    /**
     * The image's parts. None if the text is not an image reference.
     */
    imageReference?: ImageReference,
    /**
     * What the container is for.
     */
    role: Role,
    /**
     * `command` as written; empty: the image's entrypoint runs. Passwords are withheld.
     */
    command: Array<string>,
    /**
     * `args` as written. Passwords are withheld.
     */
    args: Array<string>,
    /**
     * `env`, in order: a later variable may refer to earlier ones by `$(NAME)`.
     */
    env: Array<EnvVar>,
    /**
     * Names of the ConfigMaps and Secrets of `envFrom`.
     */
    envFrom: Array<EnvFrom>,
    /**
     * `volumeMounts`.
     */
    mounts: Array<Mount>,
    /**
     * `ports`.
     */
    ports: Array<Port>,
    /**
     * `startupProbe`.
     */
    startupProbe?: Probe,
    /**
     * `livenessProbe`.
     */
    livenessProbe?: Probe,
    /**
     * `readinessProbe`.
     */
    readinessProbe?: Probe,
    /**
     * Room to grow, as in `request`.
     */
    extra: Array<[string, Json]>,
  }
  /**
   * A volume of the pod.
   */
  export interface Volume {
    /**
     * Where it is.
     */
    at: Pointer,
    /**
     * Its name.
     */
    name: string,
    /**
     * What it is, in Kubernetes' words: `persistentVolumeClaim`, `emptyDir`, `configMap`,
     * `secret`, `hostPath`, `projected`, `ephemeral`, `nfs`, …
     */
    kind: string,
    /**
     * The name of the claim, ConfigMap or Secret, if it is one of these.
     */
    source?: string,
  }
  /**
   * A claim template of a StatefulSet.
   */
  export interface Claim {
    /**
     * Where it is, for instance `/spec/volumeClaimTemplates/0`.
     */
    at: Pointer,
    /**
     * Its name, by which containers mount it.
     */
    name: string,
    /**
     * `storageClassName`. None: the cluster's default; the empty text: no class at all.
     */
    storageClass?: string,
    /**
     * `accessModes`.
     */
    accessModes: Array<string>,
    /**
     * `resources.requests.storage`, a Kubernetes quantity such as `2Gi`.
     */
    storage?: string,
  }
  /**
   * An object that runs pods: Deployment, StatefulSet, DaemonSet, ReplicaSet,
   * ReplicationController, Job, CronJob, Pod or PodTemplate.
   */
  export interface Workload {
    /**
     * Where the pod template is: `/spec/template`, `/spec/jobTemplate/spec/template` for a
     * CronJob, `/template` for a PodTemplate, and the empty text for a Pod, which is its own.
     */
    template: Pointer,
    /**
     * Where the pod's spec is, for instance `/spec/template/spec`.
     */
    podSpec: Pointer,
    /**
     * Labels of the pods that it makes.
     */
    podLabels: Array<[string, string]>,
    /**
     * `spec.replicas`. None if the object does not say or has no such field.
     */
    replicas?: number,
    /**
     * Deployment: `spec.strategy.type`; StatefulSet and DaemonSet: `spec.updateStrategy.type`.
     * None if the object does not say (an API server fills in `RollingUpdate`).
     */
    strategy?: string,
    /**
     * `serviceName` of a StatefulSet.
     */
    serviceName?: string,
    /**
     * True if pods of this object replace one another while it lives and so cannot be patched
     * in this request. A Pod or Job on `UPDATE`: its template can no longer change.
     */
    immutable: boolean,
    /**
     * Every container: init containers first, then the others, then ephemeral ones.
     */
    containers: Array<Container>,
    /**
     * `volumes` of the pod's spec.
     */
    volumes: Array<Volume>,
    /**
     * `volumeClaimTemplates` of a StatefulSet.
     */
    claims: Array<Claim>,
    /**
     * `terminationGracePeriodSeconds`, in seconds. None: the API server fills in 30.
     */
    terminationGracePeriod?: number,
    /**
     * `hostNetwork`.
     */
    hostNetwork: boolean,
    /**
     * Room to grow, as in `request`.
     * 
     * * `secret`: the name of the Secret that tidegate makes for this workload's passwords. It
     *   may not be there yet.
     */
    extra: Array<[string, Json]>,
  }
  /**
   * What is judged.
   */
  export interface Request {
    /**
     * What the client does: `CREATE` or `UPDATE`. An audit judges as `CREATE`.
     */
    operation: string,
    /**
     * `mutate` while repairs are made, `validate` when what is left is judged, `audit` when
     * files or live objects are read. The findings must be the same in all three.
     */
    phase: string,
    /**
     * True if nothing will be stored. The findings must be the same.
     */
    dryRun: boolean,
    /**
     * Who asks.
     */
    user: User,
    /**
     * The object as the client sent it, with the repairs of the policies before this one.
     */
    object: ObjectId,
    /**
     * The object as it is stored now; only on `UPDATE`.
     */
    oldObject?: ObjectId,
    /**
     * The pods that the object runs, as a typed model. None if it runs none.
     */
    workload?: Workload,
    /**
     * Room to grow: names that a later 1.x documents here, with a JSON value each.
     * 
     * * `unknown-rules`: rules that the object's author wants an exception from and that there
     *   are not, a list of `{rule, meant}`; `meant` is the rule that may be meant, or null.
     *   Missing if there are none.
     */
    extra: Array<[string, Json]>,
  }
  /**
   * Which variable is to be moved.
   */
  export interface SecretMove {
    /**
     * Where the variable is: the `at` of an `env-var`.
     */
    variable: Pointer,
  }
  /**
   * One step of a repair. The steps of a policy's findings are made in order; pointers mean the
   * object as it is when the step is made, so an item removed from a list moves those after it.
   */
  export type Edit = EditSet | EditRemove | EditAppend | EditMoveToSecret;
  /**
   * Sets the value at a place, making its parents as objects where they are missing.
   */
  export interface EditSet {
    tag: 'set',
    val: [Pointer, Json],
  }
  /**
   * Takes the value at a place away. It must be there.
   */
  export interface EditRemove {
    tag: 'remove',
    val: Pointer,
  }
  /**
   * Appends to the list at a place, making the list and its parents where they are missing.
   */
  export interface EditAppend {
    tag: 'append',
    val: [Pointer, Json],
  }
  /**
   * Moves a literal environment variable into a Secret. The host chooses the Secret's name
   * and makes it; the policy sees neither the value nor the Secret.
   */
  export interface EditMoveToSecret {
    tag: 'move-to-secret',
    val: SecretMove,
  }
  /**
   * Something that is wrong, and perhaps its repair.
   */
  export interface Finding {
    /**
     * The rule that was broken: one of `describe().rules`.
     */
    rule: string,
    /**
     * How bad it is here; a policy may say less than the rule's own severity.
     */
    severity: Severity,
    /**
     * Where it is. It must be within the object.
     */
    at: Pointer,
    /**
     * What is wrong, in the author's words and without any secret value, as a sentence
     * without a full stop.
     */
    message: string,
    /**
     * What the author must do, and what happens otherwise.
     */
    help?: string,
    /**
     * The repair. Empty: a person must decide.
     */
    fix: Array<Edit>,
  }
  /**
   * A rule: something that can be wrong.
   */
  export interface Rule {
    /**
     * A stable name, for instance `MY010`.
     */
    id: string,
    /**
     * One line: what is wrong when it fires.
     */
    title: string,
    /**
     * The severity that its findings have, unless they say less.
     */
    severity: Severity,
  }
  /**
   * An option in an option file.
   */
  export interface FileOption {
    /**
     * The group that it stands in, without brackets: `mysqld`, `client`, `mysqld-8.4`.
     */
    group: string,
    /**
     * The name with dashes, without `loose-`.
     */
    name: string,
    /**
     * The value, without quotes; a password is withheld. None for a bare name.
     */
    value?: string,
    /**
     * The line of the file, from 1.
     */
    line: number,
  }
  /**
   * An option file that a ConfigMap holds.
   */
  export interface OptionFile {
    /**
     * Where its text is, for instance `/data/my.cnf`.
     */
    at: Pointer,
    /**
     * Its options, in order.
     */
    options: Array<FileOption>,
  }
  /**
   * Another object that runs pods.
   */
  export interface SeenWorkload {
    /**
     * Which one it is.
     */
    object: ObjectId,
    /**
     * What it runs. Option files are not looked up for it.
     */
    workload: Workload,
  }
  /**
   * A type of object in the cluster.
   */
  export interface ResourceType {
    /**
     * `apiVersion`, for instance `storage.k8s.io/v1`.
     */
    apiVersion: string,
    /**
     * `kind`, for instance `StorageClass`.
     */
    kind: string,
  }
  /**
   * What a policy says of itself.
   */
  export interface Description {
    /**
     * Its name, in the form of a DNS label, for instance `storage-class`.
     */
    name: string,
    /**
     * One line for people: what it sees to.
     */
    title: string,
    /**
     * The rules that its findings name.
     */
    rules: Array<Rule>,
    /**
     * A JSON Schema (draft 2020-12) of its settings; every setting has a default and a
     * description.
     */
    settingsSchema: Json,
    /**
     * What it reads of the cluster. Anything else is refused when it asks.
     */
    reads: Array<ResourceType>,
    /**
     * Room to grow, as in `request`.
     * 
     * * `kinds`: the kinds of objects that it judges, a list of texts: `Ingress`, or
     *   `Certificate.cert-manager.io` where the group matters (behind the first dot, as in the
     *   name of a custom resource), or `*` for whatever the policy's document names. Missing: all
     *   that run pods, and no other.
     * * `concern`: `"mysql"` if it judges only what has to do with MySQL, so that nothing else
     *   waits for it; `"everything"` if it judges every object of its kinds. Missing: `"mysql"`.
     */
    extra: Array<[string, Json]>,
  }
}
