/**
 * Kubernetes objects as records with source positions, their reader and their validation.
 *
 * <pre>
 * ManifestReader
 *   ManifestFiles      paths  -&gt; bytes, within Limits
 *   ContentParser      bytes  -&gt; text -&gt; Documents, so that a broken one costs no other
 *   YamlParser
 *   JsonParser         document -&gt; Value: mappings, lists and scalars with their positions
 *   ObjectDecoder      Value -&gt; DocumentObjects (lists expanded) -&gt; Kind
 *   ...Decoder         one per kind: Fields -&gt; Resource, and Findings about what is wrong
 * </pre>
 *
 * Records hold only what passed; what did not is a {@link dev.adit.diagnostic.Diagnostic}. Nothing outside this package
 * sees a YAML or JSON library, and this package sees nothing of Adit but {@code dev.adit.diagnostic}.
 */
@org.jspecify.annotations.NullMarked
package dev.adit.manifest;
