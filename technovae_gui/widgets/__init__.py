"""Small widgets that more than one room uses: forms, labels, banners, progress of a job."""
