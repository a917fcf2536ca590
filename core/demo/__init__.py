"""The built-in demo: the project's own music, rendered from code.

`catalogue()` names the tracks, `render.render(spec)` computes one, `pack.build_pack` makes the
library and the model that ship. Nothing here is recorded: every sound is synthesised.
"""
