"""Work on models in processes of their own: native code may crash, hang or eat memory there."""
